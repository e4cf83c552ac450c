"""Held-out rows that gave verdicts before: which they were, and how much stricter the next test on them is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.holdout_events import HoldoutTested
from optimizer.statistics.paired import ALPHA


@dataclass(frozen=True, slots=True)
class EarlierTest:
    """A test whose verdict somebody could see. ``rows`` and ``pair`` are fingerprints of what was tested on what.

    Empty ``rows`` mean that they were not noted (before they were): they count as the same ones.
    """

    rows: str
    pair: str


@dataclass(frozen=True, slots=True)
class Look:
    """How many-th test on its held-out rows a test is (from 1), and the p-value that it must stay below."""

    number: int
    threshold: float


def look_at(earlier: Sequence[EarlierTest], rows: str, pair: str = "") -> Look:
    """Return which look at ``rows`` the test of ``pair`` is, after the ``earlier`` tests.

    The first one has the threshold of 5 %, every further pair half of that before it; so however often
    rows are used again, the chance of a false claim stays below 10 % in all (a Bonferroni sum,
    5 + 2.5 + 1.25 …). A pair that was tested before is the same test again and keeps its threshold.
    """
    pairs = list(dict.fromkeys(test.pair for test in earlier if test.rows in ("", rows)))
    number = pairs.index(pair) + 1 if pair and pair in pairs else len(pairs) + 1
    return Look(number, ALPHA / 2.0 ** (number - 1))


def with_test(earlier: Sequence[EarlierTest], tested: HoldoutTested | None) -> tuple[EarlierTest, ...]:
    """Return ``earlier`` with one more test, if there was one and it compared two different texts."""
    if tested is None or (tested.rows and not tested.pair):
        return tuple(earlier)
    return tuple(dict.fromkeys((*earlier, EarlierTest(tested.rows, tested.pair))))


def rows_print(rows: Iterable[str]) -> str:
    """Return the fingerprint of held-out rows, whatever their order."""
    return _print(sorted(rows))


def pair_print(first: str, final: str) -> str:
    """Return the fingerprint of what is compared; empty when both are the same."""
    return _print((first, final)) if first != final else ""


def look_words(look: Look) -> str:
    """Say in plain words that the rows are not fresh; empty for the first test on them."""
    if look.number == 1:
        return ""
    return (
        f"This is test number {look.number} on the same held-out rows, so that p must be below "
        f"{look.threshold:.2g} instead of {ALPHA:g}. What people saw of the earlier ones may have shaped "
        "what was tested; new rows give a clean answer."
    )


def seen_before(tested: HoldoutTested | None) -> str:
    """Say of a test in plain words that its rows were not fresh; empty when they were, or nothing was compared."""
    if tested is None or (tested.rows and not tested.pair):
        return ""
    return look_words(Look(tested.look, tested.threshold))


def to_stored(earlier: Iterable[EarlierTest]) -> list[list[str]]:
    """Turn tests into plain JSON values."""
    return [[test.rows, test.pair] for test in earlier]


def from_stored(values: Iterable[Sequence[str]]) -> tuple[EarlierTest, ...]:
    """Rebuild tests from ``to_stored``'s form."""
    return tuple(EarlierTest(str(rows), str(pair)) for rows, pair in values)


def _print(texts: Iterable[str]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
