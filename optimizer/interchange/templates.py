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

_CURLY = re.compile(
    r"\{\{\{\s*(?P<raw>[^{}]*?)\s*\}\}\}|\{\{-?\s*(?P<inner>.*?)\s*-?\}\}|"
    r"\{%-?\s*raw\s*-?%\}(?P<text>.*?)\{%-?\s*endraw\s*-?%\}|\{#.*?#\}",
    re.DOTALL,
)
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
    pieces: list[_Piece] = []
    position = 0
    for match in _CURLY.finditer(text):
        pieces.append(_checked(text[position : match.start()]))
        position = match.end()
        inner = match["inner"] if match["raw"] is None else match["raw"]
        if match["text"] is not None:
            pieces.append(_Piece(match["text"]))
        elif inner is not None:
            pieces.append(_expression(inner, given))
    pieces.append(_checked(text[position:]))
    return _joined(pieces)


def _checked(literal: str) -> _Piece:
    if "{%" in literal:
        raise _computes(literal[literal.index("{%") :])
    return _Piece(literal)


def _expression(inner: str, given: Mapping[str, str]) -> _Piece:
    name = _NAME.match(inner)
    if name:
        return _variable(name[1], given)
    if _STRING.match(inner):
        return _Piece(inner[1:-1] if inner[0] == "'" else str(json.loads(inner)))
    raise _computes(inner)


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
