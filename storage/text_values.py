"""Texts in and out of SQLite columns without a loss, even those that are not valid Unicode."""

from __future__ import annotations

import json

_LENIENT = "surrogatepass"


def to_column(text: str) -> str | bytes:
    """Return ``text`` as SQLite can hold it.

    Models and files do produce lone surrogates (half of an emoji that was cut in JSON), which UTF-8
    cannot carry; such a text is stored as bytes.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", _LENIENT)
    return text


def from_column(value: str | bytes) -> str:
    """Return the text that ``to_column`` was given."""
    return value.decode("utf-8", _LENIENT) if isinstance(value, bytes) else value


def to_json(text: str) -> str:
    """Return ``text`` as ASCII JSON, which every database takes: NUL and lone surrogates included."""
    return json.dumps(text)


def from_json(value: str) -> str:
    """Return the text that ``to_json`` was given."""
    return str(json.loads(value))
