"""Puts the evolving method that a finished evolution found into the library, and finds where a kept one came from."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from bot.background.keeping import add_version, title_of
from bot.background.prompt_ids import prompt_id_of
from optimizer.errors import PromptbeamError
from optimizer.evolution.events import EvolutionStarted, MethodProposal
from optimizer.evolution.run import EvolveResult
from optimizer.evolution.told import lineage_of
from storage.prompt_record import METHOD_METRIC
from storage.prompts import PromptRecord
from storage.runs import RunRecord
from storage.store import Store

logger = logging.getLogger(__name__)


def keep_method(store: Store, run: RunRecord, result: EvolveResult) -> None:
    """Store the final method under the run's rule of who sees it, with what was shown about it.

    A run that searched for no method, or never tested the one it found, leaves none. A library that cannot be
    written is logged: the result still reaches its owner.
    """
    tested = result.holdout
    if tested is None or not result.steps:
        return
    try:
        told = store.runs.events(run.id)
        stored = store.runs.get(run.id)
        started = next((event for event in told if isinstance(event, EvolutionStarted)), None)
        add_version(
            store,
            PromptRecord(
                id=prompt_id_of(run.id),
                run_id=run.id,
                version=1,
                title=title_of(
                    f"Evolving method for {started.data if started else 'instructions'}",
                    str(run.request.get("goal") or ""),
                ),
                text=result.final_method,
                seed_text=result.first_method,
                owner=run.owner,
                place=stored.place,
                only_me=stored.only_me,
                verdict=tested.verdict,
                seed_score=tested.seed_score,
                final_score=tested.final_score,
                holdout_n=tested.n,
                metric=METHOD_METRIC,
                algorithm=started.algorithm if started else "",
                created_at=time.time(),
            ),
        )
    except PromptbeamError as error:
        logger.error("the method of run %s was not kept: %s", run.id, error.message)


def methods_before(store: Store, record: PromptRecord) -> tuple[MethodProposal, ...]:
    """Return the methods that were accepted on the way to a kept one, the first one first.

    They are in the history of its run: none for other prompts, and none when the run was deleted, for an
    accepted method outlives what it came from. ``record`` must come from a door that its reader passed.

    Raises:
        StorageError: the database fails.
    """
    return lineage_of(store.runs.events(record.run_id)) if record.is_method else ()


def lineage_line(lineage: Sequence[MethodProposal]) -> str:
    """Return the ids of the methods in one line."""
    return " → ".join(method.id for method in lineage)


def lineage_texts(lineage: Sequence[MethodProposal]) -> tuple[tuple[str, str], ...]:
    """Return each method with a heading that says what it was made from."""
    return tuple(
        (f"Accepted: {method.id}, made from {method.parent}" if method.parent else f"{method.id}, the first method",
         method.text)
        for method in lineage
    )  # fmt: skip
