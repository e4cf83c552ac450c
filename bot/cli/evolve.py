"""``promptbeam evolve``: instruction data evolved from a terminal, journaled, resumable, with files as result."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.evolution_request import EvolutionRequest, alone, new_evolution, stored_evolution
from bot.cli.given import chosen_models
from bot.cli.options import budget_options, evolution_model_options, evolution_options, model_options
from bot.cli.saying import say

if TYPE_CHECKING:
    from optimizer.events import Event
    from optimizer.evolution.run import EvolveResult
    from optimizer.evolution.sharding.sharded import Sharding
    from optimizer.instructions.records import EvolvedSink
    from optimizer.model.protocol import Journal
    from optimizer.model.settings import ModelSettings
    from storage.store import Store


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
            request = stored_evolution(
                store, held, data, options["resume"], options["steps"] if given else None
            )
        else:
            request = new_evolution(store, held, data, options)
        with chosen_models(options, request.run.request) as settings, alone(request):
            _execute(store, request, settings, options)


def _execute(
    store: Store, request: EvolutionRequest, settings: ModelSettings, options: Mapping[str, Any]
) -> None:
    from bot.background.method_keeping import keep_method
    from bot.cli.evolution_shards import at_work, clear_away
    from bot.cli.evolution_view import EvolutionView
    from bot.cli.recording import EventRecorder
    from bot.cli.told_console import ToldConsole
    from optimizer.evolution.report import build_evolution_report
    from optimizer.instructions.sinks import open_sink

    run = request.run
    console = ToldConsole()
    store.runs.set_status(run.id, "running")
    try:
        sink = open_sink(request.checkpoint) if request.config.apply else None
        with EvolutionView(console) as view, sink or nullcontext():
            recorder = EventRecorder(store.runs, run.id, view.show)
            with at_work(run.id, run.request, store, settings, os.environ) as (journal, sharding):
                run_it = _run(journal, sharding, request, settings, sink, recorder, options["trace"])
                result = asyncio.run(run_it)
        report = build_evolution_report(result, recorder.events)
        written = _write(store, request, result, report, recorder.events, options["out"])
    except BaseException:
        # The journal, the events and the rows are on disk: the run stays unfinished and can go on.
        console.print(f"To go on with it: promptbeam evolve --resume {run.id}")
        raise
    stopped = result.stopped_because == "cancelled"
    store.runs.set_status(run.id, "cancelled" if stopped else "done")
    if not stopped:
        clear_away(run.request)
        keep_method(store, run, result)
    if options["as_json"]:
        say(json.dumps(report, ensure_ascii=False, indent=2))
    elif not options["out"]:
        say(result.final_method)
    _say_end(console, request, result, options["out"], written)


async def _run(
    journal: Journal,
    sharding: Sharding | None,
    request: EvolutionRequest,
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


def _write(
    store: Store,
    request: EvolutionRequest,
    result: EvolveResult,
    report: Mapping[str, Any],
    events: Sequence[Event],
    out: str | None,
) -> Iterable[str]:
    """Write the files to ``out``, if there is such a folder or address, and return where they are."""
    from bot.cli.evolution_files import write_evolution_to
    from bot.cli.evolution_given import telling

    if not out:
        return ()
    layout, form = request.source.layout, request.run.request["form"]
    with telling("Writing the files"):
        written = write_evolution_to(out, result, report, events, request.checkpoint, layout, form)
    store.result_files.note_digests(request.run.id, written)
    return written


def _say_end(
    console: Any, request: EvolutionRequest, result: EvolveResult, out: str | None, written: Iterable[str]
) -> None:
    from bot.cli.spending import say_spent

    say_spent(console, result)
    if out:
        names = ", ".join(Path(name).name for name in written)
        console.print(f"Written: {names} in {out}", markup=False)
    elif result.rows:
        told = f"The evolved rows are in {request.checkpoint}; --resume {result.run_id} --out DIR makes files of them."
        console.print(told, markup=False)
    if result.evolved and not request.config.answers:
        told = "Evolved rows have no answers yet: the same command with --answers adds them, rewriting nothing twice."
        console.print(told)
    if result.stopped_because == "cancelled":
        console.print(f"To go on with it: promptbeam evolve --resume {result.run_id}")
