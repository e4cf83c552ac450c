"""Taking prompts along: as a file of another tool's format, or all of them as a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.background.method_keeping import lineage_texts, methods_before
from bot.background.request import OptimizeRequest
from bot.slack.doors import Asker
from bot.slack.messages.library import gain
from bot.slack.reception import Reception
from bot.slack.uploading import Attachment
from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.pasted import load_pasted
from optimizer.examples.table import ExampleTable
from optimizer.interchange.formats import FORMATS, ExportFacts, export_prompt
from optimizer.prompts.prompt import parse_prompt
from optimizer.task import Task, build_task
from storage.prompts import PromptRecord

_ENDINGS = {"markdown": "md", "langchain": "json", "openai": "json", "promptfoo": "yaml"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_ROWS = 1_000
_MOST_TESTS = 20


def export_file(reception: Reception, asker: Asker, record: PromptRecord, format_name: str) -> Attachment:
    """Return a prompt as a file of one of ``FORMATS``.

    Its run's examples are raw data that nobody but its owner has seen: others get the prompt without them.

    Raises:
        InputError: there is no such format.
    """
    if format_name not in FORMATS:
        raise InputError(f"There is no format {format_name!r}.", f"Choose one of {', '.join(FORMATS)}.")
    with_tests = format_name == "promptfoo"
    may_have = reception.doors.may_change(asker, record.owner)
    task = _task(reception, record) if with_tests and may_have else None
    about = ExportFacts(
        title=record.title,
        facts=gain(record),
        model=reception.settings.models.task_model,
        examples=task.examples[:_MOST_TESTS] if task else (),
        metric=task.metric if task else None,
        more=lineage_texts(methods_before(reception.store, record)),
    )
    text = export_prompt(parse_prompt(record.text), format_name, about)
    if with_tests and not may_have:
        text = f"# No tests: the examples belong to the prompt's owner.\n{text}"
    name = re.sub(r"[^a-z0-9]+", "-", record.title.lower()).strip("-")[:40] or "prompt"
    return Attachment(
        f"{name}.{format_name}.{_ENDINGS[format_name]}",
        text.encode("utf-8", "replace") or b"\n",
        record.title,
    )


def export_table(reception: Reception, asker: Asker) -> Attachment:
    """Return all prompts that ``asker`` may see, the newest first, as a CSV without formulas."""
    records = reception.store.prompts.recent(reception.doors.viewer(asker), _MOST_ROWS)
    return Attachment("prompts.csv", table_of(records).encode("utf-8", "replace"), "Prompts that you can see")


def table_of(records: Sequence[PromptRecord]) -> str:
    """Write prompts as CSV. A spreadsheet would run a cell that begins like a formula: it gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ("id", "title", "status", "owner", "metric", "first score", "final score", "test examples", "prompt")
    )
    for record in records:
        scores = ("" if one is None else f"{one:.4f}" for one in (record.seed_score, record.final_score))
        values = (
            *(record.id, record.title, record.status, record.owner, record.metric),
            *scores,
            str(record.holdout_n),
            record.text,
        )
        writer.writerow([harmless_cell(value) for value in values])
    return out.getvalue()


def harmless_cell(text: str) -> str:
    """Keep a spreadsheet from reading foreign text as a formula."""
    return (
        f"'{text}" if text.strip().startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else text
    )


def _task(reception: Reception, record: PromptRecord) -> Task | None:
    """Return the task of the prompt's run; None when its files are gone or do not fit any more."""
    runs = reception.store.runs
    try:
        request = OptimizeRequest.from_dict(runs.get(record.run_id).request)
        return build_task(
            record.seed_text,
            _table(reception, record.run_id, request),
            metric=request.metric,
            target=request.target or None,
            goal=request.goal,
        )
    except InputError:
        return None


def _table(reception: Reception, run_id: str, request: OptimizeRequest) -> ExampleTable:
    for number, ref in enumerate(request.example_files):
        return load_examples(ref.name, reception.store.runs.read_file(run_id, f"examples/{number}"))
    return load_pasted(request.pasted)
