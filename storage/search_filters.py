"""What a search for prompts may be narrowed by, and the SQL that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from storage.prompt_record import METHOD_METRIC, PromptStatus

TaskKind = Literal["classify", "match", "numbers", "extract", "judged", "method", "own"]
"""What a prompt's answers are, by the metric that judged them; ``own`` is a metric in Python.

``method`` is an evolving method, whose answers are instructions.
"""

METRICS_OF: Mapping[TaskKind, tuple[str, ...]] = {
    "classify": ("label", "macro-f1", "multi-label"),
    "match": ("exact", "normalised", "contains", "regex"),
    "numbers": ("numeric",),
    "extract": ("json",),
    "judged": ("judge", "pairwise"),
    "method": (METHOD_METRIC,),
    "own": (),
}


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Conditions that all must hold; what is left out does not matter.

    ``owner`` and ``channel`` are ids, ``since`` is in seconds since 1970, ``gain`` the least difference
    (-1..1) between final and first prompt on the held-out test.
    """

    owner: str = ""
    channel: str = ""
    kind: TaskKind | None = None
    since: float | None = None
    gain: float | None = None
    status: PromptStatus | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked for at all."""
        return self != SearchFilters()

    def condition(self) -> tuple[str, list[Any]]:
        """Return the filters as an SQL condition on the table ``prompts``, and its parameters."""
        parts: list[str] = []
        values: list[Any] = []
        for term, value in (
            ("prompts.owner = ?", self.owner or None),
            ("prompts.channel = ?", self.channel or None),
            ("prompts.created_at >= ?", self.since),
            ("prompts.final_score - prompts.seed_score >= ?", self.gain),
            ("prompts.status = ?", self.status),
        ):
            if value is not None:
                parts.append(term)
                values.append(value)
        if self.kind is not None:
            named = METRICS_OF[self.kind] or tuple(name for names in METRICS_OF.values() for name in names)
            places = ", ".join("?" * len(named))
            parts.append(f"prompts.metric {'IN' if METRICS_OF[self.kind] else 'NOT IN'} ({places})")
            values += named
        return " AND ".join(parts) or "1", values


NO_FILTERS = SearchFilters()
