"""Turns a stored request to optimise into a task."""

from __future__ import annotations

from dataclasses import replace

from bot.background.carried_tests import tests_known_to
from bot.background.request import OptimizeRequest
from bot.background.run_files import RunFiles
from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.pasted import load_pasted
from optimizer.examples.table import merge_tables
from optimizer.interchange.formats import read_prompt
from optimizer.task import Task, build_task, warm_started
from storage.runs import RunRecord


def prepare_task(run: RunRecord, files: RunFiles) -> Task:
    """Read everything that ``run`` was given and build its task. Blocks; nothing is paid.

    Raises:
        InputError: a file, a row or the prompt cannot be used; the message says which and why.
    """
    request = OptimizeRequest.from_dict(run.request)
    prompt = _prompt(request, files)
    tables = [
        load_examples(ref.name, files.read(f"examples/{number}", ref))
        for number, ref in enumerate(request.example_files)
    ]
    if request.pasted:
        tables.append(load_pasted(request.pasted))
    if not tables:
        raise InputError("There are no examples.", "Attach a CSV or JSONL file.", field="examples")
    table = tables[0] if len(tables) == 1 else merge_tables(tables)
    task = build_task(prompt, table, metric=request.metric, target=request.target or None, goal=request.goal)
    task = warm_started(task, lessons=[lesson.text for lesson in request.lessons or ()])
    return replace(task, earlier_tests=tests_known_to(run.request))


def _prompt(request: OptimizeRequest, files: RunFiles) -> str:
    ref = request.prompt_file
    if ref is None:
        return request.prompt_text
    return read_prompt(ref.name, files.read("prompt", ref))
