"""A few evolved instructions before and after, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.evolution.events import EvolvedSample
from optimizer.evolution.evolver import Evolved
from optimizer.evolution.sampling import shown

MOST_SHOWN = 5
_LONGEST = 500


def shown_sample(results: Iterable[Evolved]) -> tuple[EvolvedSample, ...]:
    """Return a few of ``results`` in their order: some that failed, some that did not."""
    every = list(results)
    failed = [item for item in every if item.failure is not None][: MOST_SHOWN // 2]
    good = [item for item in every if item.failure is None][: MOST_SHOWN - len(failed)]
    return tuple(as_sample(item) for item in every if item in failed or item in good)[:MOST_SHOWN]


def as_sample(item: Evolved) -> EvolvedSample:
    """Return one result with long texts cut."""
    why = f"{item.failure.rule}: {item.failure.reason}" if item.failure else ""
    return EvolvedSample(item.instruction.row, _cut(shown(item.instruction)), _cut(item.text), _cut(why))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
