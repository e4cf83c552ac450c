"""One run of the core from a terminal: stored, journaled, resumable, shown while it works, told at its end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.given import chosen_models, read_given, understand
from bot.cli.going_on import remember_tests
from bot.cli.saying import say
from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.config import OptimizeConfig
    from optimizer.events import Event
    from optimizer.model.settings import ModelSettings
    from optimizer.run import Result
    from optimizer.task import Task
    from storage.runs import RunRecord
    from storage.store import Store

_PROMPT_FILE = "prompt"


@dataclass(frozen=True, slots=True)
class Command:
    """What a command that improves prompts is: its name, stored as the run's kind, and its own files.

    ``stored`` are the options that a run is stored with; ``files`` names what ``write`` writes to
    ``--out`` beside prompt, report and plot; it returns the paths.
    """

    name: str
    stored: tuple[str, ...]
    files: tuple[str, ...] = ()
    write: Callable[[Path, Result, Sequence[Event]], list[Path]] | None = None


@dataclass(frozen=True, slots=True)
class PromptRun:
    """A stored run with the task and configuration that were understood from it."""

    run: RunRecord
    task: Task
    config: OptimizeConfig


def run_command(
    command: Command, prompt_file: Path | None, examples_file: Path | None, options: Mapping[str, Any]
) -> None:
    """Run a new request, or go on with the one that ``options["resume"]`` names.

    ``options`` hold those of ``command.stored``, of ``bot.cli.options`` and, as ``extra``, what else is
    stored with a new run.

    Raises:
        InputError, ConfigError, ModelError: see ``optimizer.run.run_optimization``.
    """
    from bot.cli.opening import open_store

    with open_store(os.environ) as store:
        if options["resume"]:
            request = _stored(store, command, options["resume"], options["rounds"])
        else:
            request = _new(store, command, prompt_file, examples_file, options)
        with chosen_models(options, request.run.request) as settings:
            _execute(store, command, request, settings, options)


def _new(
    store: Store,
    command: Command,
    prompt_file: Path | None,
    examples_file: Path | None,
    options: Mapping[str, Any],
) -> PromptRun:
    from optimizer.run import new_run_id
    from storage.runs import RunRecord
    from storage.visibility import Place

    if prompt_file is None or examples_file is None:
        raise InputError(
            "PROMPT_FILE and EXAMPLES_FILE are needed.", "Give both, or --resume RUN_ID.", field="prompt"
        )
    prompt, examples = read_given(prompt_file, "prompt"), read_given(examples_file, "examples")
    stored = {name: _plain(options[name]) for name in command.stored} | dict(options.get("extra", {}))
    stored["examples_name"] = examples_file.name
    stored["prompt_name"] = prompt_file.name
    stored["models"] = {name: options[name] for name in ("task_model", "optimizer_model", "base_url")}
    stored["simulated"] = options["simulated"]
    task, config = understand(prompt, examples, stored)
    run = RunRecord(
        id=new_run_id(),
        kind=command.name,
        status="queued",
        owner=os.environ.get("USER", "terminal"),
        place=Place(team="", channel="", kind="terminal"),
        request=stored,
        created_at=time.time(),
    )
    if options.get("memory"):
        lessons = _remembered(store, run, task)
        run = replace(run, request={**stored, "lessons": [*stored["lessons"], *lessons]})
        task = replace(task, lessons=(*task.lessons, *lessons))
    store.runs.create(run)
    store.runs.save_file(run.id, _PROMPT_FILE, prompt)
    store.runs.save_file(run.id, examples_file.name, examples)
    return PromptRun(run, task, config)


def _remembered(store: Store, run: RunRecord, task: Task) -> tuple[str, ...]:
    """Look up lessons, and say where they come from; they are stored with the run, which can so be repeated."""
    from bot.background.memory import recall_lessons, texts
    from storage.visibility import Viewer

    recalled = recall_lessons(store, run, task, Viewer(user="", team="", everything=True))
    for found in recalled:
        say(
            f"Remembered from run {found.lesson.run_id} (its task is {found.similarity:.0%} alike, "
            f"it gained {100 * found.lesson.gain:.0f} points).",
            err=True,
        )
    if not recalled:
        say("No earlier run on a similar task was shown to be better.", err=True)
    return texts(recalled)


def _stored(store: Store, command: Command, run_id: str, rounds: int | None) -> PromptRun:
    """Read a stored run; other ``rounds`` than it had before extend or shorten it.

    A run that had ended goes on past its end, so the history that it left is told anew.
    """
    from storage.runs import ENDED

    run = store.runs.get(run_id)
    if run.kind != command.name:
        raise InputError(
            f"The run {run_id} is one of promptbeam {run.kind}.",
            f"Go on with it by: promptbeam {run.kind} --resume {run_id}",
        )
    if run.status in ENDED:
        extended = rounds is not None and rounds != run.request["rounds"]
        run = remember_tests(store, run) if extended else run
        store.runs.forget_events(run_id)
    prompt = store.runs.read_file(run_id, _PROMPT_FILE)
    examples = store.runs.read_file(run_id, str(run.request["examples_name"]))
    wanted = {**run.request, "rounds": rounds or run.request["rounds"]}
    return PromptRun(run, *understand(prompt, examples, wanted))


def _execute(
    store: Store, command: Command, request: PromptRun, settings: ModelSettings, options: Mapping[str, Any]
) -> None:
    from bot.background.keeping import keep_prompt
    from bot.cli.live_view import LiveView
    from bot.cli.recording import EventRecorder
    from bot.cli.result_files import write_results
    from bot.cli.told_console import ToldConsole
    from optimizer.report import build_report

    run = request.run
    console = ToldConsole()
    store.runs.set_status(run.id, "running")
    try:
        with LiveView(console) as view:
            recorder = EventRecorder(store.runs, run.id, view.show)
            result = asyncio.run(_run(store, request, settings, recorder, options["trace"]))
    except BaseException:
        # The journal and the events are on disk: the run stays unfinished and can go on.
        console.print(f"To go on with it: promptbeam {command.name} --resume {run.id}")
        raise
    stopped = result.stopped_because == "cancelled"
    store.runs.set_status(run.id, "cancelled" if stopped else "done")
    if not stopped:
        keep_prompt(store, run, request.task, result, request.config.algorithm)
    report = build_report(result, recorder.events)
    if options["out"]:
        written = write_results(options["out"], result, report, recorder.events)
        if command.write:
            written += command.write(options["out"], result, recorder.events)
        store.result_files.note(run.id, written)
    if options["as_json"]:
        say(json.dumps(report, ensure_ascii=False, indent=2))
    _say_end(console, command, result, options)


async def _run(
    store: Store, request: PromptRun, settings: ModelSettings, recorder: Any, trace_file: Path | None
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


def _say_end(console: Any, command: Command, result: Result, options: Mapping[str, Any]) -> None:
    from bot.cli.spending import say_spent

    say_spent(console, result)
    if options["out"]:
        written = ", ".join(("prompt.txt", "report.json", "scores.png", *command.files))
        console.print(f"Written: {written} in {options['out']}", markup=False)
    elif not options["as_json"]:
        say(result.final_prompt)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
