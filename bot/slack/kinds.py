"""The kinds of run as Slack shows them: what a run of each kind is called."""

from __future__ import annotations

from collections.abc import Callable

from bot.background.evolve_request import EvolveRequest
from bot.background.request import OptimizeRequest
from bot.slack.evolution_view import evolution_title
from bot.slack.thread_view import run_title
from storage.runs import RunRecord


def _optimize_title(run: RunRecord) -> str:
    return run_title(OptimizeRequest.from_dict(run.request))


def _evolve_title(run: RunRecord) -> str:
    return evolution_title(EvolveRequest.from_dict(run.request))


TITLES: dict[str, Callable[[RunRecord], str]] = {"optimize": _optimize_title, "evolve": _evolve_title}
"""Kind -> what a run is called in lists. A further kind is added here."""


def title_of_run(run: RunRecord) -> str:
    """What a run is called."""
    name = TITLES.get(run.kind)
    return name(run) if name is not None else run.kind
