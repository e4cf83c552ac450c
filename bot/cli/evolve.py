"""``promptbeam evolve``: instruction data evolved from a terminal, journaled, resumable, with files as result."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.given import chosen_models
from bot.cli.options import budget_options, evolution_model_options, evolution_options, model_options
from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.evolution.config import EvolveConfig
    from optimizer.evolution.run import EvolveResult
    from optimizer.evolution.sharding.sharded import Sharding
    from optimizer.instructions.open import FileSource
    from optimizer.instructions.records import EvolvedSink
    from optimizer.model.protocol import Journal
    from optimizer.model.settings import ModelSettings
    from storage.runs import RunRecord
    from storage.store import Store

KIND = "evolve"


@click.command()
@click.argument("data", required=False)
@click.option(
    "--algorithm",
    type=click.Choice(["auto-evol", "evol-instruct"]),
    default="auto-evol",
    show_default=True,
    help="Improve a method, or use Evol-Instruct's fixed operators.",
)
@evolution_options
@click.option(
    "--apply/--no-apply", default=True, show_default=True, help="Apply the final method to every row."
)
@click.option(
    "--answers/--no-answers",
    default=False,
    show_default=True,
    help="Have every evolved instruction answered; files to train on need it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["alpaca", "openai", "same"]),
    default="same",
    show_default=True,
    help="Form of the evolved data; same keeps the fields of DATA.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal runs.")
@budget_options
@model_options
@evolution_model_options
@click.option(
    "--shard-rows",
    type=click.IntRange(0),
    help="Evolve the rows in shards of so many; 0 never does. Left out: 5,000 from 100,000 rows on.",
)
@click.option("--out", help="Folder for the result files, here or at an address like s3://bucket/folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the report on standard output.")
@click.option("--trace", type=click.Path(path_type=Path), help="Write a trace of all model calls (Perfetto).")
@click.option(
    "--resume",
    metavar="RUN_ID",
    help="Go on with an earlier run; no paid call is repeated. With --steps it searches on.",
)
@click.pass_context
def evolve(context: click.Context, /, data: str | None, **options: Any) -> None:
    """Evolve the instructions in DATA by a method that is itself improved first (Auto Evol-Instruct).

    DATA is CSV, TSV, JSON, JSONL or Parquet in the shape of Alpaca, ShareGPT, OpenAI chat or a plain
    table, here or at an address (s3://bucket/rows.jsonl); it is read as a stream and may be of any
    length. With DATABASE_URL, shards are shared with every promptbeam worker. Writes method.txt, report.json,
    failure_rates.png, evolved.jsonl, evolved.parquet and failed.jsonl to --out. Exit code 0 for a
    finished run whatever the verdict, 2 for bad input, 3 for a model that cannot be reached.
    """
    from bot.cli.opening import open_store

    with open_store(os.environ) as store, ExitStack() as held:
        if options["resume"]:
            given = context.get_parameter_source("steps") is click.core.ParameterSource.COMMANDLINE
            request = _stored(store, held, data, options["resume"], options["steps"] if given else None)
        else:
            request = _new_request(store, held, data, options)
        with chosen_models(options, request.run.request) as settings, _alone(request):
            _execute(store, request, settings, options)


@dataclass(frozen=True, slots=True)
class _Request:
    run: RunRecord
    source: FileSource
    config: EvolveConfig
    checkpoint: Path
    """Where the evolved rows go, row by row."""


def _new_request(store: Store, held: ExitStack, given: str | None, options: Mapping[str, Any]) -> _Request:
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
    return _Request(run, source, config, _checkpoint(store, run.id))


def _stored(store: Store, held: ExitStack, given: str | None, run_id: str, steps: int | None) -> _Request:
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
    return _Request(run, source, config, checkpoint)


def _execute(store: Store, request: _Request, settings: ModelSettings, options: Mapping[str, Any]) -> None:
    from rich.console import Console

    from bot.background.method_keeping import keep_method
    from bot.cli.evolution_files import write_evolution_to
    from bot.cli.evolution_given import telling
    from bot.cli.evolution_shards import at_work, clear_away
    from bot.cli.evolution_view import EvolutionView
    from bot.cli.recording import EventRecorder
    from optimizer.evolution.report import build_evolution_report
    from optimizer.instructions.sinks import open_sink

    run, console = request.run, Console(stderr=True)
    store.runs.set_status(run.id, "running")
    try:
        sink = open_sink(request.checkpoint) if request.config.apply else None
        with EvolutionView(console) as view, sink or nullcontext():
            recorder = EventRecorder(store.runs, run.id, view.show)
            with at_work(run.id, run.request, store, settings, os.environ) as (journal, sharding):
                run_it = _run(journal, sharding, request, settings, sink, recorder, options["trace"])
                result = asyncio.run(run_it)
        report = build_evolution_report(result, recorder.events)
        written: dict[str, str] = {}
        if options["out"]:
            with telling("Writing the files"):
                written = write_evolution_to(
                    options["out"], result, report, recorder.events, request.checkpoint, request.source.layout,
                    run.request["form"],
                )  # fmt: skip
            store.result_files.note_digests(run.id, written)
    except BaseException:
        # The journal, the events and the rows are on disk: the run stays unfinished and can go on.
        console.print(f"To go on with it: promptbeam evolve --resume {run.id}", highlight=False)
        raise
    stopped = result.stopped_because == "cancelled"
    store.runs.set_status(run.id, "cancelled" if stopped else "done")
    if not stopped:
        clear_away(run.request)
        keep_method(store, run, result)
    if options["as_json"]:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif not options["out"]:
        click.echo(result.final_method)
    _say_end(console, request, result, options["out"], written)


async def _run(
    journal: Journal,
    sharding: Sharding | None,
    request: _Request,
    settings: ModelSettings,
    sink: EvolvedSink | None,
    recorder: Any,
    trace_file: Path | None,
) -> EvolveResult:
    from bot.background.carried_tests import tests_known_to
    from optimizer.control import RunControl
    from optimizer.evolution.run import run_evolution
    from optimizer.evolution.task import EvolveTask
    from optimizer.model.pool import ModelPool
    from optimizer.model.trace import CallTrace

    control = RunControl()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, control.cancel)
    trace = CallTrace() if trace_file else None
    stored = request.run.request
    async with ModelPool(settings, trace=trace) as pool:
        result = await run_evolution(
            EvolveTask(request.source, stored["method"], stored["goal"], tests_known_to(stored)),
            request.config,
            pool,
            run_id=request.run.id,
            journal=journal,
            on_event=recorder,
            control=control,
            sink=sink,
            sharding=sharding,
        )
    if trace and trace_file:
        trace.write(trace_file)
    return result


def _say_end(
    console: Any, request: _Request, result: EvolveResult, out: str | None, written: Iterable[str]
) -> None:
    from bot.cli.spending import say_spent

    say_spent(console, result)
    if out:
        names = ", ".join(Path(name).name for name in written)
        console.print(f"Written: {names} in {out}", highlight=False, markup=False)
    elif result.rows:
        told = f"The evolved rows are in {request.checkpoint}; --resume {result.run_id} --out DIR makes files of them."
        console.print(told, highlight=False, markup=False)
    if result.evolved and not request.config.answers:
        told = "Evolved rows have no answers yet: the same command with --answers adds them, rewriting nothing twice."
        console.print(told, highlight=False)
    if result.stopped_because == "cancelled":
        console.print(f"To go on with it: promptbeam evolve --resume {result.run_id}", highlight=False)


def _checkpoint(store: Store, run_id: str) -> Path:
    from bot.background.outside import evolved_rows

    return evolved_rows(store.folder, run_id)


@contextmanager
def _alone(request: _Request) -> Iterator[None]:
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
