"""``promptbeam optimize``: the core from a terminal, journaled, resumable, with files as result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bot.cli.given import read_given
from bot.cli.options import budget_options, model_options, result_options, task_options, time_option
from bot.cli.prompt_runs import Command, run_command

_COMMAND = Command(
    "optimize",
    stored=(
        "algorithm", "preset", "rounds", "budget_calls", "budget_tokens", "budget_cost", "budget_minutes", "seed",
        "metric", "criteria", "metric_options", "target", "inputs", "goal",
    ),
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
@time_option
@click.option("--seed", type=int, default=0, show_default=True, help="Equal seeds give equal runs.")
@task_options
@model_options
@click.option(
    "--start",
    "start_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File with a further prompt to start from; may be repeated. A beam takes one fewer than it is wide.",
)
@click.option(
    "--lesson",
    "lessons",
    multiple=True,
    help="What an earlier run learned, tried first; may be repeated.",
)
@click.option(
    "--memory/--no-memory",
    default=False,
    show_default=True,
    help="Try first what earlier runs on similar tasks learned (off, so that equal seeds give equal runs).",
)
@result_options
def optimize(prompt_file: Path | None, examples_file: Path | None, **options: Any) -> None:
    """Improve the prompt in PROMPT_FILE from the labelled examples in EXAMPLES_FILE.

    Writes prompt.txt, report.json and scores.png to --out. Exit code 0 for a finished run whatever
    the verdict, 2 for bad input, 3 for a model that cannot be reached.
    """
    extra = {
        "starts": [_text(path) for path in options["start_files"]],
        "lessons": list(options["lessons"]),
    }
    run_command(_COMMAND, prompt_file, examples_file, {**options, "extra": extra})


def _text(path: Path) -> str:
    """Read a file with a prompt to start from."""
    from optimizer.interchange.formats import read_prompt

    return read_prompt(path.name, read_given(path, "prompt"))
