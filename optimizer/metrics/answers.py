"""Finding the stated answer inside what a model wrote."""

from __future__ import annotations

import json
import re
import unicodedata

_STATED = re.compile(
    r"(?:^|\n)[\s*_>#-]*(?:final\s+)?(?:answer|label|prediction|category|class|output|result)[\s*_]*[:=][\s*_]*(.+)",
    re.IGNORECASE,
)
_EDGES = " \t\r\n.,;:!?\"'`*_()[]{}<>«»“”‘’„"


def bare(text: str) -> str:
    """Fold a short answer for comparison: Unicode form, case, surrounding punctuation, inner spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).strip(_EDGES).casefold().split())


def stated_answers(answer: str) -> list[str]:
    """Return the places where an answer is usually stated, most telling first.

    These are: the whole text, the value of a one-field JSON object, what follows ``Answer:`` (the
    last one), what follows ``####``, and the last line.
    """
    text = answer.strip()
    places = [text]
    value = _only_json_value(text)
    if value is not None:
        places.append(value)
    stated = _STATED.findall(text)
    if stated:
        places.append(stated[-1])
    if "####" in text:
        places.append(text.rsplit("####", 1)[1])
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        places.append(lines[-1])
    return places


def _only_json_value(text: str) -> str | None:
    body = re.sub(r"^```\w*\s*|\s*```$", "", text)
    if not body.startswith("{"):
        return None
    try:
        value = json.loads(body)
    except (json.JSONDecodeError, RecursionError):
        return None
    if isinstance(value, dict) and len(value) == 1:
        only = next(iter(value.values()))
        if isinstance(only, str | int | float) and not isinstance(only, bool):
            return str(only)
        if isinstance(only, bool):
            return "true" if only else "false"
    return None
