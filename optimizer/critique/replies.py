"""Reading the optimizer model's replies: JSON as asked, or what can be saved of it."""

from __future__ import annotations

import json

from optimizer.loose_json import json_values

_DECODER = json.JSONDecoder(strict=False)


def read_strings(reply: str, key: str) -> tuple[str, ...] | None:
    """Return the non-empty strings of the list under ``key``; None when the reply has no such list.

    Tolerates code fences, prose around the object, a single string instead of a list, and a bare
    list. A reply that was cut off inside the list gives the strings that are complete.
    """
    for value in json_values(reply):
        found = value.get(key) if isinstance(value, dict) else value
        if isinstance(found, str):
            found = [found]
        if isinstance(found, list):
            texts = tuple(item.strip() for item in found if isinstance(item, str) and item.strip())
            if texts:
                return texts
    return _complete_strings(reply, key) or None


def read_string(reply: str, key: str) -> str | None:
    """Return the one string under ``key``, None when there is none."""
    texts = read_strings(reply, key)
    return texts[0] if texts else None


def _complete_strings(reply: str, key: str) -> tuple[str, ...]:
    """Save the complete strings of a list that was cut off."""
    start = reply.find(f'"{key}"')
    start = reply.find("[", start) if start >= 0 else -1
    texts = []
    position = start + 1
    while start >= 0:
        position = _skip(reply, position)
        if position >= len(reply) or reply[position] != '"':
            break
        try:
            text, position = _DECODER.raw_decode(reply, position)
        except json.JSONDecodeError:
            break
        if isinstance(text, str) and text.strip():
            texts.append(text.strip())
    return tuple(texts)


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return position
