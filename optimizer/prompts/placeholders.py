"""Placeholders such as ``{text}`` and ``{{ text }}``: finding them and filling them in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}|(?<!\{)\{([A-Za-z_]\w*)\}")


def find_placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders in ``text``, each once, in order of appearance."""
    return tuple(dict.fromkeys(match[1] or match[2] for match in _PLACEHOLDER.finditer(text)))


def find_spellings(text: str) -> tuple[str, ...]:
    """Return the placeholders exactly as they are written, each once: ``('{text}', '{{ name }}')``."""
    return tuple(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)))


def fill_placeholders(text: str, value_of: Callable[[str], str]) -> str:
    """Replace every placeholder by its value; values are inserted as they are and never expanded again."""
    return _PLACEHOLDER.sub(lambda match: value_of(match[1] or match[2]), text)


def first_placeholder(text: str) -> int | None:
    """Return where the first placeholder begins, None without any."""
    match = _PLACEHOLDER.search(text)
    return match.start() if match else None


def map_placeholders(text: str, literal: Callable[[str], str], placeholder: Callable[[str], str]) -> str:
    """Rewrite ``text``: ``literal`` is applied to what stands between, ``placeholder`` to each name."""
    pieces, position = [], 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [literal(text[position : match.start()]), placeholder(match[1] or match[2])]
        position = match.end()
    return "".join((*pieces, literal(text[position:])))


def without_placeholders(text: str) -> str:
    """Return ``text`` with spaces inside whatever would be read as a placeholder, so that it is literal."""
    return _PLACEHOLDER.sub(
        lambda match: f"{{ {{ {match[1]} }} }}" if match[1] else f"{{ {match[2]} }}", text
    )
