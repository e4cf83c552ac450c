"""Template languages of other tools (f-string, Mustache, Jinja and Nunjucks) read into our placeholders."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from optimizer.errors import InputError
from optimizer.prompts.placeholders import without_placeholders

_OPENING = re.compile(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_TRIPLE = re.compile(r"\{\{\{([^{}]*)\}\}\}")
_END_OF_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
_NAME = re.compile(r"&?\s*([A-Za-z_]\w*)\Z")
_STRING = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'[^'\\]*')\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    is_variable: bool = False


def read_template(text: str, language: str, given: Mapping[str, str]) -> str:
    """Return ``text`` with our placeholders. ``given`` are variables whose value is fixed.

    Raises:
        InputError: the template computes something (a filter, a condition, a loop, an attribute).
    """
    if language == "f-string":
        return _read_format(text, given)
    if language in ("mustache", "jinja2"):
        return _read_curly(text, given)
    raise InputError(
        f"The template language {language[:40]!r} is not known.",
        "Use f-string, mustache or jinja2.",
        field="prompt",
    )


def _read_format(text: str, given: Mapping[str, str]) -> str:
    pieces: list[_Piece] = []
    try:
        for literal, name, spec, conversion in string.Formatter().parse(text):
            pieces.append(_Piece(literal))
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                raise _computes(name)
            pieces.append(_variable(name, given))
    except ValueError:
        raise InputError(
            "The prompt has a single brace that opens no variable.",
            "In an f-string template write literal braces twice: {{ and }}.",
            field="prompt",
        ) from None
    return _joined(pieces)


def _read_curly(text: str, given: Mapping[str, str]) -> str:
    """Scan once from left to right; a ``{{`` or ``{#`` that is never closed is text."""
    pieces: list[_Piece] = []
    position = start = 0
    while opening := _OPENING.search(text, start):
        start = opening.start()
        end = text.find(_CLOSING[opening[0]], start + 2)
        if opening[0] == "{%":
            inner, resume = _raw(text, start, end)
            piece = _Piece(inner)
        elif end < 0:
            start += 2
            continue
        elif triple := _TRIPLE.match(text, start):
            piece, resume = _expression(triple[1], given), triple.end()
        else:
            resume = end + 2
            piece = _expression(text[start + 2 : end], given) if opening[0] == "{{" else _Piece("")
        pieces += [_Piece(text[position:start]), piece]
        position = start = resume
    return _joined([*pieces, _Piece(text[position:])])


def _raw(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the text of a raw block that begins at ``start``, and where to go on; other blocks compute."""
    closing = _END_OF_RAW.search(text, end) if end > 0 else None
    if closing is None or text[start + 2 : end].strip("- \n\t") != "raw":
        raise _computes(text[start : start + 80])
    return text[end + 2 : closing.start()], closing.end()


def _expression(written: str, given: Mapping[str, str]) -> _Piece:
    inner = written.strip("- \n\t")
    name = _NAME.match(inner)
    if name:
        return _variable(name[1], given)
    if _STRING.match(inner):
        return _Piece(_unquoted(inner))
    raise _computes(inner)


def _unquoted(inner: str) -> str:
    if inner[0] == "'":
        return inner[1:-1]
    try:
        return str(json.loads(inner))
    except ValueError:
        raise _computes(inner) from None


def _variable(name: str, given: Mapping[str, str]) -> _Piece:
    return _Piece(given[name]) if name in given else _Piece(f"{{{name}}}", is_variable=True)


def _joined(pieces: Sequence[_Piece]) -> str:
    """Join so that exactly the variables are placeholders: braces of literals get a space where they must."""
    text = ""
    for is_variable, group in groupby(pieces, key=lambda piece: piece.is_variable):
        joined = "".join(piece.text for piece in group)
        if is_variable:
            text += " " + joined if text.endswith("{") else joined
        else:
            text += without_placeholders(joined)
    return text


def _computes(what: str) -> InputError:
    return InputError(
        f"The prompt's template computes something: {' '.join(what.split())[:60]!r}.",
        "Only plain variables can be taken over; write the text out.",
        field="prompt",
    )
