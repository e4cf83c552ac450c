"""``promptbeam optimize``: the core from a terminal, journaled, resumable, with files as result."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.given import chosen_models, read_given, understand
from bot.cli.options import budget_options, model_options, task_options
from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.config import OptimizeConfig
    from optimizer.model.settings import ModelSettings
    from optimizer.run import Result
    from optimizer.task import Task
    from storage.runs import RunRecord
    from storage.store import Store

_PROMPT_FILE = "prompt"
_STORED_OPTIONS = (
    "algorithm", "preset", "rounds", "budget_calls", "budget_tokens", "budget_cost", "seed",
    "metric", "criteria", "metric_options", "target", "inputs", "goal",
)  # fmt: skip


@click.command()
@click.argument("prompt_file", required=False, type=click.Path(path_type=Path))
@click.argument("examples_file", required=False, type=click.Path(path_type=Path))
@click.option("--algorithm", help="Search algorithm: racing, protegi …; the preset chooses when left out.")
@click.option("--preset", default="standard", show_default=True, help="quick, standard, thorough or paper.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    help="Rounds of the search; overrides the preset, and with --resume extends the run.",
)
@budget_options
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal runs.")
@task_options
@model_options
@click.option(
    "--start",
    "start_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File with a further prompt to start from (racing); may be repeated.",
)
@click.option(
    "--lesson",
    "lessons",
    multiple=True,
    help="What an earlier run learned, tried first (racing); may be repeated.",
)
@click.option(
    "--memory/--no-memory",
    default=False,
    show_default=True,
    help="Try first what earlier runs on similar tasks learned (off, so that equal seeds give equal runs).",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the result files.")
@click.option("--json", "as_json", is_flag=True, help="Print the report on standard output.")
@click.option("--trace", type=click.Path(path_type=Path), help="Write a trace of all model calls (Perfetto).")
@click.option("--resume", metavar="RUN_ID", help="Go on with an earlier run; no paid call is repeated.")
def optimize(prompt_file: Path | None, examples_file: Path | None, **options: Any) -> None:
    """Improve the prompt in PROMPT_FILE from the labelled examples in EXAMPLES_FILE.

    Writes prompt.txt, report.json and scores.png to --out. Exit code 0 for a finished run whatever
    the verdict, 2 for bad input, 3 for a model that cannot be reached.
    """

    from bot.cli.opening import open_store

    with open_store(os.environ) as store:
        request = _stored(store, options["resume"], options["rounds"]) if options["resume"] else None
        if request is None:
            request = _new_request(store, prompt_file, examples_file, options)
        with chosen_models(options, request.run.request) as settings:
            _execute(store, request, settings, options)


@dataclass(frozen=True, slots=True)
class _Request:
    run: RunRecord
    task: Task
    config: OptimizeConfig


def _new_request(
    store: Store, prompt_file: Path | None, examples_file: Path | None, options: Mapping[str, Any]
) -> _Request:
    from optimizer.run import new_run_id
    from storage.runs import RunRecord
    from storage.visibility import Place

    if prompt_file is None or examples_file is None:
        raise InputError(
            "PROMPT_FILE and EXAMPLES_FILE are needed.", "Give both, or --resume RUN_ID.", field="prompt"
        )
    prompt, examples = read_given(prompt_file, "prompt"), read_given(examples_file, "examples")
    stored = {name: _plain(options[name]) for name in _STORED_OPTIONS}
    stored["starts"] = [_text(path) for path in options["start_files"]]
    stored["lessons"] = list(options["lessons"])
    stored["examples_name"] = examples_file.name
    stored["prompt_name"] = prompt_file.name
    stored["models"] = {name: options[name] for name in ("task_model", "optimizer_model", "base_url")}
    stored["simulated"] = options["simulated"]
    task, config = understand(prompt, examples, stored)
    run = RunRecord(
        id=new_run_id(),
        kind="optimize",
        status="queued",
        owner=os.environ.get("USER", "terminal"),
        place=Place(team="", channel="", kind="terminal"),
        request=stored,
        created_at=time.time(),
    )
    if options["memory"]:
        lessons = _remembered(store, run, task)
        run = replace(run, request={**stored, "lessons": [*stored["lessons"], *lessons]})
        task = replace(task, lessons=(*task.lessons, *lessons))
    store.runs.create(run)
    store.runs.save_file(run.id, _PROMPT_FILE, prompt)
    store.runs.save_file(run.id, examples_file.name, examples)
    return _Request(run, task, config)


def _remembered(store: Store, run: RunRecord, task: Task) -> tuple[str, ...]:
    """Look up lessons, and say where they come from; they are stored with the run, which can so be repeated."""
    from bot.background.memory import recall_lessons, texts
    from storage.visibility import Viewer

    recalled = recall_lessons(store, run, task, Viewer(user="", team="", everything=True))
    for found in recalled:
        click.echo(
            f"Remembered from run {found.lesson.run_id} (its task is {found.similarity:.0%} alike, "
            f"it gained {100 * found.lesson.gain:.0f} points).",
            err=True,
        )
    if not recalled:
        click.echo("No earlier run on a similar task was shown to be better.", err=True)
    return texts(recalled)


def _text(path: Path) -> str:
    """Read a file with a prompt to start from."""
    from optimizer.interchange.formats import read_prompt

    return read_prompt(path.name, read_given(path, "prompt"))


def _stored(store: Store, run_id: str, rounds: int | None) -> _Request:
    """Read a stored run; other ``rounds`` than it had before extend or shorten it.

    A run that had ended goes on past its end, so the history that it left is told anew.
    """
    from storage.runs import ENDED

    run = store.runs.get(run_id)
    if run.status in ENDED:
        store.runs.forget_events(run_id)
    prompt = store.runs.read_file(run_id, _PROMPT_FILE)
    examples = store.runs.read_file(run_id, str(run.request["examples_name"]))
    wanted = {**run.request, "rounds": rounds or run.request["rounds"]}
    return _Request(run, *understand(prompt, examples, wanted))


def _execute(store: Store, request: _Request, settings: ModelSettings, options: Mapping[str, Any]) -> None:
    from rich.console import Console

    from bot.background.keeping import keep_prompt
    from bot.cli.live_view import LiveView
    from bot.cli.recording import EventRecorder
    from bot.cli.result_files import write_results
    from optimizer.report import build_report

    run = request.run
    console = Console(stderr=True)
    store.runs.set_status(run.id, "running")
    try:
        with LiveView(console) as view:
            recorder = EventRecorder(store.runs, run.id, view.show)
            result = asyncio.run(_run(store, request, settings, recorder, options["trace"]))
    except BaseException:
        # The journal and the events are on disk: the run stays unfinished and can go on.
        console.print(f"To go on with it: promptbeam optimize --resume {run.id}", highlight=False)
        raise
    stopped = result.stopped_because == "cancelled"
    store.runs.set_status(run.id, "cancelled" if stopped else "done")
    if not stopped:
        keep_prompt(store, run, request.task, result, request.config.algorithm)
    report = build_report(result, recorder.events)
    if options["out"]:
        written = write_results(options["out"], result, report, recorder.events)
        store.result_files.note(run.id, written)
    if options["as_json"]:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    _say_end(console, result, options)


async def _run(
    store: Store, request: _Request, settings: ModelSettings, recorder: Any, trace_file: Path | None
) -> Result:
    from optimizer.control import RunControl
    from optimizer.model.pool import ModelPool
    from optimizer.model.trace import CallTrace
    from optimizer.run import run_optimization

    control = RunControl()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, control.cancel)
    trace = CallTrace() if trace_file else None
    async with ModelPool(settings, trace=trace) as pool:
        result = await run_optimization(
            request.task,
            request.config,
            pool,
            run_id=request.run.id,
            journal=store.journal,
            on_event=recorder,
            control=control,
        )
    if trace and trace_file:
        trace.write(trace_file)
    return result


def _say_end(console: Any, result: Result, options: Mapping[str, Any]) -> None:
    cost = "price unknown" if result.cost is None else f"${result.cost:.4f}"
    console.print(
        f"{result.calls:,} calls ({result.cached} from the journal), "
        f"{result.input_tokens + result.output_tokens:,} tokens, {cost}, {result.seconds:.1f} s. "
        f"Stopped because: {result.stopped_because}. Run {result.run_id}.",
        highlight=False,
    )
    if result.troubles:
        told = ", ".join(f"{what} {count}" for what, count in result.troubles)
        console.print(f"Troubles with the model: {told}.", highlight=False, markup=False)
    if options["out"]:
        console.print(f"Written: prompt.txt, report.json, scores.png in {options['out']}", highlight=False)
    elif not options["as_json"]:
        click.echo(result.final_prompt)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
