"""JSON answers compared field by field, with partial credit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from optimizer.errors import InputError
from optimizer.loose_json import json_objects
from optimizer.metrics.answers import bare
from optimizer.metrics.outcome import Outcome, unparseable

_MISSING = object()


class JsonFieldMatch:
    """The share of expected fields that the answer's JSON object has with the same value.

    Compares ``fields``, or every field of the expected object. Texts are compared without regard to
    case and surrounding punctuation, numbers by value, lists and objects element by element.

    Raises:
        InputError: an expected answer is no JSON object, or lacks one of ``fields``.
    """

    name = "json"
    graded = True

    def __init__(self, expected: Sequence[str], *, fields: Sequence[str] = ()) -> None:
        self._fields = tuple(fields)
        for text in expected:
            wanted = expected_object(text)
            if not wanted:
                raise InputError(
                    f"The metric 'json' needs JSON objects, but {text[:80]!r} is expected.",
                    'Write {"field": "value"}, or choose another metric.',
                    field="metric",
                )
            for name in self._fields:
                if name not in wanted:
                    raise InputError(
                        f"The expected answer {text[:80]!r} has no field {name!r} (option 'fields').",
                        f"Its fields are {', '.join(wanted)}.",
                        field="metric",
                    )

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        wanted = expected_object(expected) or {}
        names = self._fields or tuple(wanted)
        objects = json_objects(answer)
        if not objects or not names:
            return unparseable(answer, "a JSON object")
        given = max(reversed(objects), key=lambda found: sum(name in found for name in names))
        wrong = [name for name in names if not _same(wanted.get(name, _MISSING), given.get(name, _MISSING))]
        shown = json.dumps(given, ensure_ascii=False)[:500]
        if not wrong:
            return Outcome(1.0, "correct", shown)
        told = "; ".join(
            f"{name} is missing" if name not in given else f"{name} is not {_shown(wanted[name])}"
            for name in wrong[:10]
        )
        return Outcome(1 - len(wrong) / len(names), "wrong", shown, f"{told[0].upper()}{told[1:]}.")


def expected_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that the whole text is, None when it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _same(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(given, dict):
        return all(_same(value, given.get(key, _MISSING)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and all(map(_same, wanted, given))
    if isinstance(wanted, dict | list) or isinstance(given, dict | list) or given is _MISSING:
        return False
    if wanted is None or given is None:
        return wanted is given
    if _is_number(wanted) and _is_number(given):
        return bool(wanted == given)
    return bare(_text(wanted)) == bare(_text(given))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) or _is_number(value) else str(value)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:120]
