"""``promptbeam evolve-compare``: Auto Evol-Instruct and Evol-Instruct on the same data, as a table and a plot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.given import chosen_models
from bot.cli.options import budget_options, evolution_model_options, evolution_options, model_options
from bot.cli.side_by_side import Planned, comparison_table, run_side_by_side, tell_comparison

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bot.evolution_comparison import ComparedEvolution
    from optimizer.control import RunControl
    from optimizer.evolution.config import EvolveConfig
    from optimizer.evolution.task import EvolveTask
    from optimizer.model.pool import ModelPool

ALGORITHMS = ("auto-evol", "evol-instruct")


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="Runs per algorithm.")
@evolution_options
@budget_options
@model_options
@evolution_model_options
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the result files.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison on standard output as JSON.")
def evolve_compare(data: Path, **options: Any) -> None:
    """Compare Auto Evol-Instruct with Evol-Instruct's fixed operators on the instructions in DATA.

    Every algorithm runs once per seed, within the same budget; runs with the same seed hold out the
    same instructions. Nothing is applied to the whole of DATA. Answers are not shared between runs,
    so that calls and times can be compared. Writes compare.json and compare.png to --out. An
    interrupt ends with the runs that are done.
    """
    from bot.cli.evolution_given import evolution_config, open_data, read_method
    from bot.cli.told_console import ToldConsole
    from optimizer.evolution.model_names import answer_model, evol_model
    from optimizer.evolution.task import EvolveTask
    from optimizer.instructions.data_file import LocalFile

    given = {**options, "algorithm": ALGORITHMS[0], "seed": 0, "apply": False, "answers": False}
    config = evolution_config(given)
    source = open_data(LocalFile(data.name, data), given, config)
    task = EvolveTask(source, read_method(options["method_file"]), options["goal"])
    plan = [
        Planned(f"{name}, seed {seed}", partial(_run_one, task, replace(config, algorithm=name, seed=seed)))
        for seed in range(options["seeds"])
        for name in ALGORITHMS
    ]
    told = ToldConsole()
    with chosen_models(options, {}) as settings:
        models = (evol_model(settings), answer_model(settings), settings.optimizer_model)
        runs = asyncio.run(run_side_by_side(plan, settings, models, told, _in_short))
    _tell(runs, options, told)


async def _run_one(
    task: EvolveTask, config: EvolveConfig, pool: ModelPool, control: RunControl
) -> ComparedEvolution:
    from bot.evolution_comparison import ComparedEvolution
    from bot.evolution_plots import rate_points
    from optimizer.events import Event
    from optimizer.evolution.run import run_evolution

    events: list[Event] = []
    result = await run_evolution(task, config, pool, on_event=events.append, control=control)
    return ComparedEvolution(config.algorithm, config.seed, result, rate_points(events))


def _in_short(run: ComparedEvolution) -> str:
    if run.held_out is None:
        return f"no held-out test, stopped because: {run.result.stopped_because}"
    return (
        f"{run.held_out:.0%} of held-out evolutions fail, "
        f"{run.result.calls:,} calls, {run.result.seconds:.1f} s"
    )


def _tell(runs: Sequence[ComparedEvolution], options: Mapping[str, Any], told: Console) -> None:
    from bot.evolution_comparison import evolution_comparison_plot, evolution_comparison_report

    ordered = sorted(runs, key=lambda run: (ALGORITHMS.index(run.algorithm), run.seed))
    table = _table(ordered) if ordered else None
    report = evolution_comparison_report(ordered)
    tell_comparison(report, table, lambda: evolution_comparison_plot(ordered), options, told)


def _table(runs: Sequence[ComparedEvolution]) -> Table:
    from bot.evolution_comparison import summarise_evolutions

    items = summarise_evolutions(runs)
    rows = [
        (
            item.algorithm,
            f"{item.rate:.1%} ({100 * item.interval[0]:.0f}–{100 * item.interval[1]:.0f})",
            str(item.runs),
            f"{item.calls:,.0f}",
            f"{item.tokens / 1000:,.0f}k",
            "unknown" if item.cost is None else f"${item.cost:.2f}",
            f"{item.seconds:.1f}",
        )
        for item in items
    ]
    return comparison_table(
        "Means over seeds; share of held-out evolutions that fail, with its 95 % Wilson interval "
        f"at the {min((item.held_out for item in items), default=0)} instructions of one held-out set.",
        ("fail", "runs", "calls", "tokens", "cost", "seconds"),
        rows,
    )
