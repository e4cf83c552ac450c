"""Drops from foreign text what nobody can read and what could steer a client or a terminal."""

from __future__ import annotations

_KEPT_CONTROLS = "\n\t"
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: str) -> str:
    """Drop control characters (with them escape sequences), lone surrogates and direction overrides."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in unified if _is_shown(char))


def _is_shown(char: str) -> bool:
    if char in _KEPT_CONTROLS:
        return True
    return (
        char >= " "
        and not "\x7f" <= char <= "\x9f"
        and not "\ud800" <= char <= "\udfff"
        and char not in _BIDI
    )
