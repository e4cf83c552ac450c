"""Turns a stored request into a task: fetches its files once, keeps them, reads them."""

from __future__ import annotations

from collections.abc import Callable

from bot.background.request import FileRef, OptimizeRequest
from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.pasted import load_pasted
from optimizer.examples.table import merge_tables
from optimizer.interchange.formats import read_prompt
from optimizer.task import Task, build_task
from storage.runs import RunRecord, RunTable


def prepare_task(runs: RunTable, run: RunRecord, fetch: Callable[[FileRef], bytes]) -> Task:
    """Read everything that ``run`` was given and build its task. Blocks; nothing is paid.

    Raises:
        InputError: a file, a row or the prompt cannot be used; the message says which and why.
    """
    request = OptimizeRequest.from_dict(run.request)
    kept = set(runs.file_names(run.id))

    def content(slot: str, ref: FileRef) -> bytes:
        if slot in kept:
            return runs.read_file(run.id, slot)
        data = fetch(ref)
        runs.save_file(run.id, slot, data)
        return data

    prompt = _prompt(request, content)
    tables = [
        load_examples(ref.name, content(f"examples/{number}", ref))
        for number, ref in enumerate(request.example_files)
    ]
    if request.pasted:
        tables.append(load_pasted(request.pasted))
    if not tables:
        raise InputError("There are no examples.", "Attach a CSV or JSONL file.", field="examples")
    table = tables[0] if len(tables) == 1 else merge_tables(tables)
    return build_task(prompt, table, metric=request.metric, target=request.target or None, goal=request.goal)


def _prompt(request: OptimizeRequest, content: Callable[[str, FileRef], bytes]) -> str:
    ref = request.prompt_file
    if ref is None:
        return request.prompt_text
    return read_prompt(ref.name, content("prompt", ref))
