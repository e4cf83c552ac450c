"""Which evolution a command is about: a new one, or one that goes on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.evolution.config import EvolveConfig
    from optimizer.instructions.open import FileSource
    from storage.runs import RunRecord
    from storage.store import Store

KIND = "evolve"


@dataclass(frozen=True, slots=True)
class EvolutionRequest:
    """A stored run, its data and settings as they were read."""

    run: RunRecord
    source: FileSource
    config: EvolveConfig
    checkpoint: Path
    """Where the evolved rows go, row by row."""


def new_evolution(
    store: Store, held: ExitStack, given: str | None, options: Mapping[str, Any]
) -> EvolutionRequest:
    """Store a new run on the data that is ``given`` (a path or an address), which ``held`` keeps at hand.

    Raises:
        InputError: there is no such data, or it cannot be evolved.
    """
    from bot.cli.evolution_given import data_at, evolution_config, open_data, stored_request, telling
    from bot.cli.evolution_shards import planned_shards, shard_home
    from optimizer.run import new_run_id
    from storage.runs import RunRecord
    from storage.visibility import Place

    if given is None:
        raise InputError("DATA is needed.", "Give a file of instructions, or --resume RUN_ID.", field="data")
    run_id = new_run_id()
    home = shard_home(options["out"], store.folder / "evolved", run_id)
    data, address = data_at(held, given)
    stored = stored_request(data, address, options)
    config = evolution_config(stored)
    with telling(f"Reading {data.name}"):
        source = open_data(data, stored, config)
    stored.update(planned_shards(options["shard_rows"], source.inspection.rows, home))
    run = RunRecord(
        id=run_id,
        kind=KIND,
        status="queued",
        owner=os.environ.get("USER", "terminal"),
        place=Place(team="", channel="", kind="terminal"),
        request=stored,
        created_at=time.time(),
    )
    store.runs.create(run)
    return EvolutionRequest(run, source, config, _checkpoint(store, run.id))


def stored_evolution(
    store: Store, held: ExitStack, given: str | None, run_id: str, steps: int | None
) -> EvolutionRequest:
    """Read a stored run. Other ``steps`` than it had make it search on, and apply what it then finds.

    Raises:
        InputError: there is no such run, it evolved no data, or its data is gone or has changed.
    """
    from bot.cli.evolution_given import data_at, evolution_config, open_data, refuse_changed, telling
    from bot.cli.going_on import remember_tests
    from storage.runs import ENDED

    run = store.runs.get(run_id)
    if run.kind != KIND:
        raise InputError(
            f"Run {run_id} is no evolution of data.", f"Go on with: promptbeam {run.kind} --resume {run_id}"
        )
    stored = dict(run.request)
    data, address = data_at(held, given or stored["data_path"], stored["data_name"])
    with telling(f"Reading {data.name}"):
        refuse_changed(data, address, stored, run_id)
        changed = steps is not None and steps != stored["steps"]
        stored["steps"] = steps if changed else stored["steps"]
        config = evolution_config(stored)
        source = open_data(data, stored, config)
    checkpoint = _checkpoint(store, run_id)
    if run.status in ENDED:
        run = remember_tests(store, run) if changed else run
        store.runs.forget_events(run_id)
    if changed:
        # Its rows come from a method that may not be the final one any more.
        checkpoint.unlink(missing_ok=True)
    return EvolutionRequest(run, source, config, checkpoint)


def _checkpoint(store: Store, run_id: str) -> Path:
    from bot.background.outside import evolved_rows

    return evolved_rows(store.folder, run_id)


@contextmanager
def alone(request: EvolutionRequest) -> Iterator[None]:
    """Hold the run: two processes must not write the same rows.

    Raises:
        InputError: another process works on it.
    """
    from storage.file_lock import try_to_hold

    lock = request.checkpoint.with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = try_to_hold(lock)
    if held is None:
        raise InputError(f"Another process works on run {request.run.id}.", "Wait for it, or stop it first.")
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(held)
