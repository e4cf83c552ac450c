"""What prompt evolution tells of its analyses: errors with a few cases, and the reasons found."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.events import ErrorCase, ErrorsGrouped, EventSink, GradientsFound
from optimizer.search.prompt_evolution.variants import Variant

_SHOWN = 3


def tell_analyses(emit: EventSink, number: int, variants: Sequence[Variant]) -> None:
    """Tell each parent's errors once, then the reasons of every analysis of it, in order."""
    by_parent: dict[str, list[Variant]] = {}
    for variant in variants:
        if variant.wrong:
            by_parent.setdefault(variant.parent.standing.candidate.id, []).append(variant)
    for name, some in by_parent.items():
        judged = some[0].parent.standing.judged
        cases = dict.fromkeys(item.now for variant in some for item in variant.wrong)
        sample = tuple(
            ErrorCase(item.example.shown, item.example.expected, item.answer) for item in list(cases)[:_SHOWN]
        )
        errors = sum(item.is_wrong for item in judged)
        emit(ErrorsGrouped(number, name, len(judged), errors, len(some), sample))
        for group, variant in enumerate(some):
            emit(GradientsFound(number, name, group, variant.reasons))
