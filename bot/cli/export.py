"""``promptbeam export``: a stored prompt in the format of another tool."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.opening import open_store
from bot.cli.saying import say
from optimizer.errors import InputError, PromptbeamError

if TYPE_CHECKING:
    from optimizer.task import Example
    from storage.prompts import PromptRecord
    from storage.store import Store


@click.command()
@click.argument("prompt_id")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["markdown", "langchain", "openai", "promptfoo"]),
    default="markdown",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else standard output."
)
@click.option(
    "--examples",
    "count",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="So many of the run's examples become tests (promptfoo).",
)
def export(prompt_id: str, format_name: str, out: Path | None, count: int) -> None:
    """Write the prompt PROMPT_ID as Markdown, LangChain JSON, OpenAI messages or a promptfoo configuration.

    'promptbeam prompts' lists the ids. Files of the last three kinds can be given to
    'promptbeam optimize' as PROMPT_FILE.
    """
    from bot.background.method_keeping import lineage_texts, methods_before
    from optimizer.interchange.formats import ExportFacts, export_prompt
    from optimizer.model.settings import ModelSettings
    from optimizer.prompts.prompt import parse_prompt
    from storage.visibility import Viewer

    with open_store(os.environ) as store:
        record = store.prompts.get(prompt_id, Viewer(user="", team="", everything=True))
        examples = _examples(store, record, count) if format_name == "promptfoo" else ()
        lineage = methods_before(store, record)
    about = ExportFacts(
        title=record.title,
        facts=_facts(record),
        model=ModelSettings.from_env(os.environ).task_model,
        examples=examples,
        more=lineage_texts(lineage),
    )
    text = export_prompt(parse_prompt(record.text), format_name, about)
    if out is None:
        say(text, nl=not text.endswith("\n"))
        return
    try:
        out.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}).", "Give another --out.") from None


def _facts(record: PromptRecord) -> str:
    if record.final_score is None or record.seed_score is None:
        return f"Prompt {record.id}, not tested."
    return (
        (
            f"Prompt {record.id}: {record.verdict} than the first prompt"
            if record.verdict != "not shown"
            else f"Prompt {record.id}: not shown to be better than the first prompt"
        )
        + f" on {record.holdout_n} held-out examples ({record.seed_score:.0%} before, {record.final_score:.0%} after)."
    )


def _examples(store: Store, record: PromptRecord, count: int) -> tuple[Example, ...]:
    """Return the first examples of the prompt's run; none when its files are gone or do not fit any more."""
    from bot.background.material import prepare_task
    from bot.background.run_files import KeptFiles
    from optimizer.examples.load import load_examples
    from optimizer.task import build_task

    try:
        run = store.runs.get(record.run_id)
        if run.place.kind != "terminal":
            return prepare_task(run, KeptFiles(store.runs, run.id, _not_kept)).examples[:count]
        name = str(run.request["examples_name"])
        table = load_examples(name, store.runs.read_file(run.id, name))
        target, inputs = run.request.get("target"), run.request.get("inputs", ())
        return build_task(record.text, table, target=target, inputs=inputs).examples[:count]
    except (PromptbeamError, KeyError):
        return ()


def _not_kept(ref: object) -> bytes:
    raise InputError("The run's file was not kept.", "Export without examples.")
