"""Regular expressions: the answer matches the pattern of its example, or one pattern for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optimizer.errors import InputError
from optimizer.metrics.outcome import Outcome, unparseable

LONGEST_PATTERN = 1_000
LONGEST_ANSWER = 10_000
"""Characters of an answer that are searched; what follows is not looked at."""

_NESTED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?<!\\)(?:[*+]|\{\d*,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d*,)")


class PatternMatch:
    """1 when the pattern is found in the answer; the pattern is the expected text or one for all.

    Python's syntax. ``whole`` demands that the whole answer matches, white space around it aside.
    Patterns that repeat a repetition are refused, since they may take forever on some answer. That
    catches the usual form only, so patterns are taken from the library and the command line, not from chat.

    Raises:
        InputError: a pattern is invalid, too long, or repeats a repetition.
    """

    name = "regex"

    def __init__(
        self, expected: Sequence[str], *, pattern: str = "", whole: bool = False, ignore_case: bool = False
    ) -> None:
        self._flags = re.IGNORECASE if ignore_case else re.NOFLAG
        self._whole = whole
        self._common = compiled(pattern, self._flags) if pattern else None
        self._by_text = {} if pattern else {text: compiled(text, self._flags) for text in set(expected)}

    def judge(self, expected: str, answer: str) -> Outcome:
        """See ``Metric.judge``."""
        given = answer.strip()[:LONGEST_ANSWER]
        if not given:
            return unparseable(answer, "a text")
        pattern = self.pattern_for(expected)
        match = pattern.fullmatch(given) if self._whole else pattern.search(given)
        if match:
            return Outcome(1.0, "correct", match[0][:500])
        return Outcome(0.0, "wrong", given[:500], f"The answer must match the pattern {pattern.pattern}")

    def pattern_for(self, expected: str) -> re.Pattern[str]:
        """Return the pattern that an answer is tried against."""
        return self._common or self._by_text.get(expected) or compiled(expected, self._flags)


def compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Compile a person's pattern, with an ``InputError`` that shows what is wrong with it."""
    shown = pattern if len(pattern) <= 80 else f"{pattern[:80]}…"
    if len(pattern) > LONGEST_PATTERN:
        raise InputError(
            f"The pattern {shown!r} has {len(pattern):,} characters.",
            f"Up to {LONGEST_PATTERN:,} are accepted.",
            field="metric",
        )
    if _NESTED_REPEAT.search(pattern):
        raise InputError(
            f"The pattern {shown!r} repeats a repetition, which can take forever.",
            "Write it without a * or + on a group that holds a * or + itself.",
            field="metric",
        )
    try:
        return re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        where = (
            f" (at character {error.pos})" if isinstance(error, re.error) and error.pos is not None else ""
        )
        raise InputError(
            f"The pattern {shown!r} is not a valid regular expression{where}.",
            "Mend it, or put a backslash before . ( ) [ ] { } * + ? ^ $ | that stand for themselves.",
            field="metric",
        ) from error
