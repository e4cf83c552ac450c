"""How a rule looks at a text: its beginning, its end, and whether phrases of a table stand there.

Everything here is linear in the length of the text, and looks at bounded parts where that is enough.
"""

from __future__ import annotations

import re

from optimizer.evolution.failures.phrases import Table

OPENING = 300
"""Characters in which an answer that failed shows it."""
CLOSING = 200
SHORT = 1_000
"""An answer of more characters did the task, whatever its first and last words are."""

_EDGES = " \t\r\n\f\v\u00a0\u200b\u3000\ufeff\"'“”„‘’«»「」*_#>-–—`¡¿()[]"
_QUESTION_MARKS = "?？؟"
_LETTERLESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]\Z")


def normalised(text: str) -> str:
    """Return ``text`` in lower case, with straight apostrophes and single spaces."""
    return " ".join(text.casefold().replace("’", "'").replace("`", "'").split())


def opening(text: str) -> str:
    """Return the normalised beginning, without quotes and markup before the first word."""
    return normalised(text.lstrip(_EDGES)[:OPENING])


def edges(text: str) -> str:
    """Return the normalised beginning and end, which are all of a short text."""
    if len(text) <= OPENING + CLOSING:
        return normalised(text)
    return normalised(f"{text[:OPENING]}\n{text[-CLOSING:]}")


def ends_with_question(text: str) -> bool:
    """Tell whether the last sentence is a question; closing quotes, markup and emoji do not hide it."""
    for letter in reversed(text.rstrip()[-12:]):
        if letter in _QUESTION_MARKS:
            return True
        if letter.isalnum() or letter in ".!。！":
            return False
    return False


class Phrases:
    """The phrases of a table, of all its languages together, ready to be looked for in normalised text."""

    def __init__(self, *tables: Table) -> None:
        rows = (row for table in tables for row in table.values())
        phrases = {" ".join(phrase.split()) for row in rows for phrase in row.split("|")} - {""}
        written = "|".join(_pattern(phrase) for phrase in sorted(phrases, key=lambda one: (-len(one), one)))
        self._begins = re.compile(f"(?:{written})")
        self._contains = re.compile(
            rf"(?:(?<!\w)|(?<=[\u3040-\u30ff\u3400-\u9fff])|(?=[\u3040-\u9fff]))(?:{written})"
        )

    def at_start(self, text: str) -> str:
        """Return the phrase that ``text`` begins with, or ""."""
        found = self._begins.match(text)
        return found[0] if found else ""

    def within(self, text: str) -> list[str]:
        """Return the phrases that stand in ``text``, each once, in order."""
        return list(dict.fromkeys(self._contains.findall(text)))


def _pattern(phrase: str) -> str:
    """A phrase ends where a word ends, unless it ends in ``*`` or in a script without spaces."""
    if phrase.endswith("*"):
        return re.escape(phrase[:-1])
    return re.escape(phrase) + ("" if _LETTERLESS.search(phrase) else r"(?!\w)")
