"""Options that several commands share: what a run may spend, how answers are judged, which models answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]
_FILE = click.Path(path_type=Path)

_METRIC_HELP = (
    "auto, label, macro-f1, exact, normalised, contains, regex, numeric, json, multi-label, judge, pairwise, "
    "or your own Python function as package.module:function."
)
_METRIC_OPTION_HELP = (
    "Option of the metric; may be repeated. numeric: tolerance, relative. regex: pattern, whole, ignore_case. "
    "json: fields. contains: case_sensitive. multi-label: score. judge: model. pairwise: model, orders."
)


def budget_options(command: Command) -> Command:
    """Add the options for what a run may spend."""
    return _with(
        command,
        click.option(
            "--budget-calls", type=click.IntRange(1), help="Stop before more model calls than this."
        ),
        click.option("--budget-tokens", type=click.IntRange(1), help="Stop before more tokens than this."),
        click.option(
            "--budget-cost", type=click.FloatRange(0, min_open=True), help="Stop before more US dollars."
        ),
    )


def time_option(command: Command) -> Command:
    """Add the option for how long a run may take."""
    return click.option(
        "--budget-minutes",
        type=click.FloatRange(0, min_open=True),
        help="Be done after so many minutes: the search stops in time for the held-out test.",
    )(command)


def task_options(command: Command) -> Command:
    """Add the options for columns and metric."""
    return _with(
        command,
        click.option("--metric", default="auto", show_default=True, help=_METRIC_HELP),
        click.option(
            "--criteria", default="", help="What makes an answer good, in plain words; a model judges by it."
        ),
        click.option(
            "--metric-option", "metric_options", multiple=True, metavar="KEY=VALUE", help=_METRIC_OPTION_HELP
        ),
        click.option("--target", help="Column with the expected answer; guessed and shown when left out."),
        click.option("--input", "inputs", multiple=True, help="Column the model reads; may be repeated."),
        click.option("--goal", default="", help="What the prompt is for, in plain words."),
    )


def model_options(command: Command) -> Command:
    """Add the options for the models."""
    return _with(
        command,
        click.option("--task-model", help="Model that answers the prompt, as provider:model."),
        click.option("--optimizer-model", help="Model that criticises and edits, as provider:model."),
        click.option("--base-url", help="Address of an OpenAI-compatible server."),
        click.option(
            "--simulated", is_flag=True, help="Use the local simulated model: no key, no cost, no network."
        ),
    )


def evolution_options(command: Command) -> Command:
    """Add the options for reading instruction data and for the search for a method."""
    number = click.IntRange
    return _with(
        command,
        click.option(
            "--method", "method_file", type=_FILE, help="File with the first evolving method; else our own."
        ),
        click.option(
            "--goal", default="", help="What the evolved instructions should be like, in plain words."
        ),
        click.option(
            "--field", default="", help="Field that holds the instruction; guessed and shown when left out."
        ),
        click.option(
            "--bad-rows",
            type=click.Choice(["skip", "refuse"]),
            default="skip",
            show_default=True,
            help="Keep rows that cannot be used as they are, or refuse the file.",
        ),
        click.option(
            "--steps", type=number(0), default=10, show_default=True, help="Improvements of the method."
        ),
        click.option(
            "--candidates", type=number(1), default=5, show_default=True, help="Methods tried in a step."
        ),
        click.option(
            "--batch", type=number(1), default=10, show_default=True, help="Instructions analysed in a step."
        ),
        click.option(
            "--dev", type=number(2), default=50, show_default=True, help="Instructions to compare methods on."
        ),
        click.option(
            "--holdout", type=number(0), default=50, show_default=True, help="Instructions for the one test."
        ),
        click.option(
            "--rounds",
            type=number(1),
            default=1,
            show_default=True,
            help="Times that a batch is evolved further.",
        ),
        click.option(
            "--patience",
            type=number(0),
            default=3,
            show_default=True,
            help="Stop after so many steps without a better method; 0 never does.",
        ),
        click.option(
            "--judge", default="", help="Criteria in plain words; a model judges each evolution by them too."
        ),
    )


def result_options(command: Command) -> Command:
    """Add the options for what a run leaves behind, and for going on with one."""
    return _with(
        command,
        click.option(
            "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the result files."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print the report on standard output."),
        click.option(
            "--trace", type=click.Path(path_type=Path), help="Write a trace of all model calls (Perfetto)."
        ),
        click.option(
            "--resume", metavar="RUN_ID", help="Go on with an earlier run; no paid call is repeated."
        ),
    )


def evolution_model_options(command: Command) -> Command:
    """Add the options for the two models that only an evolution has."""
    return _with(
        command,
        click.option("--evol-model", help="Model that rewrites instructions; the task model when left out."),
        click.option("--answer-model", help="Model that answers them; the task model when left out."),
    )


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    """Apply decorators so that the help lists them in the given order."""
    for option in reversed(options):
        command = option(command)
    return command
