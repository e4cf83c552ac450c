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

_METRIC_HELP = (
    "auto, label, macro-f1, exact, normalised, contains, regex, numeric, json, multi-label, judge, pairwise, "
    "or your own Python function as package.module:function."
)
_METRIC_OPTION_HELP = (
    "Option of the metric; may be repeated. numeric: tolerance, relative. regex: pattern, whole, ignore_case. "
    "json: fields. contains: case_sensitive. multi-label: score. judge: model. pairwise: model, orders."
)


@click.command()
@click.argument("prompt_file", required=False, type=click.Path(path_type=Path))
@click.argument("examples_file", required=False, type=click.Path(path_type=Path))
@click.option("--algorithm", default="protegi", show_default=True, help="Search algorithm.")
@click.option("--preset", default="standard", show_default=True, help="quick, standard, thorough or paper.")
@click.option(
    "--rounds",
    type=click.IntRange(1),
    help="Rounds of the search; overrides the preset, and with --resume extends the run.",
)
@click.option("--budget-calls", type=click.IntRange(1), help="Stop before more model calls than this.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Stop before more tokens than this.")
@click.option("--budget-cost", type=click.FloatRange(0, min_open=True), help="Stop before more US dollars.")
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal runs.")
@click.option("--metric", default="auto", show_default=True, help=_METRIC_HELP)
@click.option(
    "--criteria", default="", help="What makes an answer good, in plain words; a model judges by it."
)
@click.option(
    "--metric-option", "metric_options", multiple=True, metavar="KEY=VALUE", help=_METRIC_OPTION_HELP
)
@click.option("--target", help="Column with the expected answer; guessed and shown when left out.")
@click.option("--input", "inputs", multiple=True, help="Column the model reads; may be repeated.")
@click.option("--goal", default="", help="What the prompt is for, in plain words.")
@click.option("--task-model", help="Model that answers the prompt, as provider:model.")
@click.option("--optimizer-model", help="Model that criticises and edits, as provider:model.")
@click.option("--base-url", help="Address of an OpenAI-compatible server.")
@click.option("--simulated", is_flag=True, help="Use the local simulated model: no key, no cost, no network.")
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
        with _models(options, request.run.request) as settings:
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
    prompt, examples = _read(prompt_file, "prompt"), _read(examples_file, "examples")
    stored = {name: _plain(options[name]) for name in _STORED_OPTIONS}
    stored["examples_name"] = examples_file.name
    stored["prompt_name"] = prompt_file.name
    stored["models"] = {name: options[name] for name in ("task_model", "optimizer_model", "base_url")}
    stored["simulated"] = options["simulated"]
    task, config = _understand(prompt, examples, stored)
    run = RunRecord(
        id=new_run_id(),
        kind="optimize",
        status="queued",
        owner=os.environ.get("USER", "terminal"),
        place=Place(team="", channel="", kind="terminal"),
        request=stored,
        created_at=time.time(),
    )
    store.runs.create(run)
    store.runs.save_file(run.id, _PROMPT_FILE, prompt)
    store.runs.save_file(run.id, examples_file.name, examples)
    return _Request(run, task, config)


def _stored(store: Store, run_id: str, rounds: int | None) -> _Request:
    """Read a stored run; other ``rounds`` than it had before extend or shorten it."""
    run = store.runs.get(run_id)
    prompt = store.runs.read_file(run_id, _PROMPT_FILE)
    examples = store.runs.read_file(run_id, str(run.request["examples_name"]))
    wanted = {**run.request, "rounds": rounds or run.request["rounds"]}
    return _Request(run, *_understand(prompt, examples, wanted))


def _understand(prompt: bytes, examples: bytes, stored: Mapping[str, Any]) -> tuple[Task, OptimizeConfig]:
    """Build task and configuration from what was given; bad input ends here, before anything is paid."""
    from optimizer.config import Budget, preset
    from optimizer.examples.decoding import decode_text
    from optimizer.examples.load import load_examples
    from optimizer.metrics.options import parse_options
    from optimizer.task import build_task

    task = build_task(
        decode_text(stored["prompt_name"], prompt, field="prompt"),
        load_examples(stored["examples_name"], examples),
        metric=stored["metric"],
        criteria=stored.get("criteria", ""),
        metric_options=parse_options(stored.get("metric_options", ())),
        target=stored["target"],
        inputs=stored["inputs"],
        goal=stored["goal"],
    )
    config = preset(stored["preset"]).with_changes(
        algorithm=stored["algorithm"],
        rounds=stored["rounds"],
        seed=stored["seed"],
        budget=Budget(stored["budget_calls"], stored["budget_tokens"], stored["budget_cost"]),
    )
    return task, config


def _models(options: Mapping[str, Any], stored: Mapping[str, Any]) -> Any:
    """Return a context manager that gives the model settings; options win over what the run stored."""
    from bot.cli.simulated import given_settings, simulated_settings
    from optimizer.model.settings import ModelSettings

    settings = ModelSettings.from_env(os.environ)
    remembered = stored.get("models", {})
    for name in ("task_model", "optimizer_model", "base_url"):
        value = options[name] or remembered.get(name)
        if value:
            settings = replace(settings, **{name: value})
    if options["simulated"] or (stored.get("simulated") and not options["base_url"]):
        return simulated_settings(settings)
    return given_settings(settings)


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
        keep_prompt(store, run, request.task, result)
    report = build_report(result, recorder.events)
    if options["out"]:
        write_results(options["out"], result, report, recorder.events)
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


def _read(path: Path, field: str) -> bytes:
    from optimizer.examples.decoding import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path.name} has {path.stat().st_size / 1e6:.0f} MB; "
                f"files up to {MAX_BYTES // 1024**2} MB are read.",
                "Give a sample of it: a few hundred rows are enough.",
                field=field,
                file=path.name,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.", field=field) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check it.", field=field) from None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
