"""Lapses in plain words: how the analyst names them, and how they are read out of anybody's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

REASONS: dict[str, tuple[str, ...]] = {
    "statement": (
        "The rewriting only tells something: there is no task left, so the answer merely acknowledges it.",
        "It became a statement that asks for nothing, because the method does not say that a task must remain.",
    ),
    "vague": (
        "It stays vague about what is wanted, so that whoever answers asks back.",
        "The rewriting does not say what exactly to do; the method lets it become too general.",
    ),
    "dangling": (
        "Information that the task needs was lost on the way, so the answer has to ask for it.",
        "It refers to facts that are gone: the method allows to drop the numbers and data that were given.",
    ),
    "contradiction": (
        "Two of its demands contradict each other, so nobody can meet them; a last look would have shown it.",
        "The new demand is unreasonable and cannot be carried out together with the others.",
    ),
    "unchanged": (
        "It came back unchanged and is no more demanding than before.",
        "Nothing was added: the rewriting is the same as the original, and the method does not forbid that.",
    ),
    "leaked": (
        "It speaks of the rewriting itself: words of the method stand in the instruction.",
        "The method leaks into the instruction, which should hold the task and nothing of how it was made.",
    ),
    "runaway": (
        "It ran away in length: demand follows upon demand until nothing can be answered well.",
        "The rewriting is far too long, because the method sets no limit that it keeps to.",
    ),
    "language": (
        "It changed the language of the original.",
        "The original's language was given up for English.",
    ),
    "no block": ("There is no evolved instruction at the end of the reply.",),
}

_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("no block", r"no evolved instruction|no-evolution|not end with an evolved"),
        (
            "leaked",
            r"speaks of the rewriting|leak|copies the method|words of the method|like a chat answer|rewriting itself",
        ),
        ("language", r"\blanguage\b|in \w+ script|sprache"),
        ("runaway", r"ran away|runaway|too long|in length|repeats itself|lines\b|zu lang"),
        (
            "unchanged",
            r"unchanged|same as|says the same|adds nothing|nothing was added|no more demanding|unverändert",
        ),
        (
            "contradiction",
            r"contradict|unreasonable|cannot be carried out|impossible|exclude each other|widerspr",
        ),
        ("statement", r"acknowledg|no task|statement|asks for nothing|stagnant|only tells"),
        (
            "vague",
            r"asks? back|vague|does not say|unclear|too general|what exactly|ambiguous|insufficient|question back",
        ),
        (
            "dangling",
            r"missing|lost|gone|drop|please provide|information|numbers|facts|\bdata\b|refers to|fehl",
        ),
        ("vague", r"refus|empty|counter-question"),
    )
)


def kind_of_reason(reason: str) -> str:
    """Return the lapse that a reason speaks of, "" when it speaks of none that the model knows."""
    text = reason.lower()
    return next((kind for kind, pattern in _SIGNS if pattern.search(text)), "")


_PLURALS = {
    "statement": "turn into statements that ask for nothing",
    "vague": "stay so vague that whoever answers asks back",
    "dangling": "lose numbers, texts or data that the task needs",
    "contradiction": "make demands that contradict each other",
    "unchanged": "come back unchanged",
    "leaked": "speak of the rewriting itself",
    "runaway": "grow far too long",
    "language": "change the language",
    "no block": "are not given at the end of the reply",
}
_ADVICE = {
    "statement": "that a task must remain",
    "vague": "that what is wanted must be said exactly",
    "dangling": "that everything given must be kept",
    "contradiction": "that the result is to be reviewed",
    "unchanged": "that something new must be asked",
    "leaked": "that the method must not be mentioned",
    "runaway": "how long the result may be",
    "language": "that the language stays",
    "no block": "that the result comes last",
}


_ABOUT_REWRITING = re.compile(r"rewrit|evolv|evolution|\bmethod\b", re.IGNORECASE)


def summarise_lapses(reasons: Sequence[str]) -> str:
    """Return one paragraph on the most frequent lapses; "" when the reasons are not about rewriting."""
    about = sum(
        bool(re.search(r"rewrit|evol|instruction|method", reason, re.IGNORECASE)) for reason in reasons
    )
    counts = Counter(kind for reason in reasons if (kind := kind_of_reason(reason)))
    if not about or 2 * counts.total() < max(1, len(reasons)):
        return ""
    common = [kind for kind, _ in counts.most_common(3)]
    what = "; ".join(f"{_PLURALS[kind]} ({counts[kind]})" for kind in common)
    advice = ", and ".join(_ADVICE[kind] for kind in common)
    return f"Some rewritten instructions {what}. The method should say {advice}."
