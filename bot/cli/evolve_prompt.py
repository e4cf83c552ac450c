"""``promptbeam evolve-prompt``: one structured prompt evolved as a whole over generations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import budget_options, model_options, result_options, task_options, time_option
from bot.cli.prompt_runs import Command, run_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.events import Event
    from optimizer.run import Result


def _write(folder: Path, result: Result, events: Sequence[Event]) -> list[Path]:
    from bot.cli.result_files import write_changes

    return write_changes(folder, result, events)


_COMMAND = Command(
    "evolve-prompt",
    stored=(
        "preset", "rounds", "variants", "growth", "sections",
        "budget_calls", "budget_tokens", "budget_cost", "budget_minutes",
        "seed", "metric", "criteria", "metric_options", "target", "inputs", "goal",
    ),
    files=("changes.md",),
    write=_write,
)  # fmt: skip


@click.command("evolve-prompt")
@click.argument("prompt_file", required=False, type=click.Path(path_type=Path))
@click.argument("examples_file", required=False, type=click.Path(path_type=Path))
@click.option("--preset", default="standard", show_default=True, help="quick, standard, thorough or paper.")
@click.option(
    "--generations",
    "rounds",
    type=click.IntRange(1),
    help="Generations; overrides the preset, and with --resume extends the run.",
)
@click.option(
    "--variants",
    type=click.IntRange(1),
    help="Variants of a generation, each from an analysis and a rewrite of its own; the preset chooses.",
)
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="TITLE",
    help="Title of a section that may change; may be repeated. Left out: all that are not (protected).",
)
@click.option(
    "--growth",
    type=click.FloatRange(1),
    help="A variant may be so many times as long as the first prompt; the preset has 3.",
)
@budget_options
@time_option
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal runs.")
@task_options
@model_options
@result_options
def evolve_prompt(prompt_file: Path | None, examples_file: Path | None, **options: Any) -> None:
    """Evolve the structured prompt in PROMPT_FILE on the inputs in EXAMPLES_FILE.

    Headings, their order, sections marked (protected) and placeholders stay. The examples need no expected
    answers when --criteria says what makes an answer good.

    Writes prompt.txt, report.json, scores.png and changes.md (what changed by section, and why) to --out.
    Exit code 0 for a finished run whatever the verdict, 2 for bad input, 3 for a model that cannot be reached.
    """
    run_command(_COMMAND, prompt_file, examples_file, {**options, "extra": {"algorithm": "evolve"}})
