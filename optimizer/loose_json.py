"""Finding JSON values inside what a model wrote: in fences, between prose, one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_DECODER = json.JSONDecoder(strict=False)


def json_values(text: str) -> Iterator[Any]:
    """Yield every JSON object or list that begins somewhere in ``text``, outermost first."""
    position = 0
    while True:
        starts = [index for index in (text.find("{", position), text.find("[", position)) if index >= 0]
        if not starts:
            return
        start = min(starts)
        try:
            value, position = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            position = start + 1
            continue
        yield value


def json_objects(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in ``text``, in their order."""
    return [value for value in json_values(text) if isinstance(value, dict)]
