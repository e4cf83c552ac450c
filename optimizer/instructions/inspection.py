"""What is known of a data set after reading it once: rows, unusable rows by kind, repeats."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.instructions.fields import REPEATED, Fields, Problem

_NAMED = 20
_NAMED_PER_KIND = 3


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not usable, by number."""

    row: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """The counts of one reading. ``named`` holds the first unusable rows, not all of them."""

    rows: int
    unusable: int
    kinds: tuple[tuple[str, int], ...]
    named: tuple[BadRow, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence per kind of unusable row, with the first rows' numbers."""
        return tuple(self._sentence(kind, count) for kind, count in self.kinds)

    def _sentence(self, kind: str, count: int) -> str:
        first = [bad for bad in self.named if bad.kind == kind][:_NAMED_PER_KIND]
        shown = "; ".join(f"row {bad.row} {bad.why}" for bad in first)
        more = f"; and {count - len(first):,} more" if count > len(first) else ""
        return f"{count:,} of {self.rows:,} rows kept as they are ({kind}): {shown}{more}."


class Repeats:
    """Which rows repeat an earlier one; sixteen bytes for each repeat, nothing for other rows."""

    def __init__(self, rows: npt.NDArray[np.int64], firsts: npt.NDArray[np.int64]) -> None:
        self._rows, self._firsts = rows, firsts

    def __len__(self) -> int:
        return len(self._rows)

    def first_of(self, row: int) -> int | None:
        """Return the row that ``row`` repeats, None when it is the first of its kind."""
        at = int(np.searchsorted(self._rows, row))
        return int(self._firsts[at]) if at < len(self._rows) and self._rows[at] == row else None

    @property
    def first_pairs(self) -> list[tuple[int, int]]:
        """The first few repeats as (row, the row that it repeats)."""
        return list(zip(self._rows[:_NAMED].tolist(), self._firsts[:_NAMED].tolist(), strict=True))


class Inspector:
    """Takes every row once, in order; keeps twelve bytes of a usable row while it reads."""

    def __init__(self) -> None:
        self._rows = 0
        self._kinds: Counter[str] = Counter()
        self._named: list[BadRow] = []
        self._per_kind: Counter[str] = Counter()
        self._digests = array("Q")
        self._numbers = array("I")

    def take(self, row: int, found: Fields | Problem) -> None:
        """Count a row."""
        self._rows = row
        if isinstance(found, Problem):
            self._note(BadRow(row, found.kind, found.why))
            self._kinds[found.kind] += 1
            return
        self._digests.append(_digest(found))
        self._numbers.append(row)

    def finish(self) -> tuple[Inspection, Repeats]:
        """Return what was found, repeats among the usable rows included."""
        repeats = self._repeats()
        if len(repeats):
            self._kinds[REPEATED] += len(repeats)
            for row, first in repeats.first_pairs:
                self._note(BadRow(row, REPEATED, f"repeats row {first}"))
        kinds = tuple(sorted(self._kinds.items(), key=lambda item: (-item[1], item[0])))
        named = tuple(sorted(self._named, key=lambda bad: bad.row))
        return Inspection(self._rows, sum(self._kinds.values()), kinds, named), repeats

    def _note(self, bad: BadRow) -> None:
        if self._per_kind[bad.kind] < _NAMED:
            self._per_kind[bad.kind] += 1
            self._named.append(bad)

    def _repeats(self) -> Repeats:
        digests = np.frombuffer(self._digests, dtype=np.uint64) if self._digests else np.empty(0, np.uint64)
        numbers = np.frombuffer(self._numbers, dtype=np.uint32) if self._numbers else np.empty(0, np.uint32)
        order = np.argsort(digests, kind="stable")
        ordered = digests[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else order
        sizes = np.diff(np.r_[starts, len(ordered)])
        firsts = np.repeat(numbers[order[starts]], sizes)
        rows = numbers[order]
        again = rows != firsts
        by_row = np.argsort(rows[again])
        return Repeats(rows[again][by_row].astype(np.int64), firsts[again][by_row].astype(np.int64))


def _digest(found: Fields) -> int:
    """Return 64 bits of a hash: among a million rows the odds of one false repeat are 1 to 37 million."""
    text = f"{found.text}\0{found.context}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
