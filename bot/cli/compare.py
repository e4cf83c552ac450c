"""``promptbeam compare``: several algorithms on the same task, splits and budget, as a table and a plot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.given import chosen_models, read_given, understand
from bot.cli.options import budget_options, model_options, task_options, time_option
from bot.cli.side_by_side import Planned, comparison_table, run_side_by_side, tell_comparison

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bot.comparison import ComparedRun
    from optimizer.config import OptimizeConfig
    from optimizer.control import RunControl
    from optimizer.events import RunStarted
    from optimizer.model.pool import ModelPool
    from optimizer.model.settings import ModelSettings
    from optimizer.task import Task

ALGORITHMS = "racing,protegi,mc,rl,self-feedback"


@click.command()
@click.argument("prompt_file", type=click.Path(path_type=Path))
@click.argument("examples_file", type=click.Path(path_type=Path))
@click.option("--algorithms", default=ALGORITHMS, show_default=True, help="Names, separated by commas.")
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Runs per algorithm.")
@click.option("--preset", default="standard", show_default=True, help="quick, standard, thorough or paper.")
@click.option("--rounds", type=click.IntRange(1), help="Rounds of each search; overrides the preset.")
@budget_options
@time_option
@task_options
@model_options
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the result files.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison on standard output as JSON.")
def compare(prompt_file: Path, examples_file: Path, **options: Any) -> None:
    """Compare search algorithms on the prompt in PROMPT_FILE and the examples in EXAMPLES_FILE.

    Every algorithm runs once per seed, within the same budget; runs with the same seed hold out the
    same examples. Answers are not shared between runs, so that calls and times can be compared.
    Prints a table and a plot in letters; writes compare.json and compare.png to --out. An interrupt ends
    with the runs that are done.
    """
    from bot.cli.told_console import ToldConsole

    given = {**options, "prompt_name": prompt_file.name, "examples_name": examples_file.name, "seed": 0}
    names = _checked(options["algorithms"])
    task, config = understand(
        read_given(prompt_file, "prompt"),
        read_given(examples_file, "examples"),
        {**given, "algorithm": names[0]},
    )
    told = ToldConsole()
    configs = [
        config.with_changes(algorithm=name, seed=seed) for seed in range(options["seeds"]) for name in names
    ]
    plan = [
        Planned(
            f"{one.algorithm}, seed {one.seed}",
            partial(_run_one, task, one, told if one is configs[0] else None),
        )
        for one in configs
    ]
    with chosen_models(options, {}) as settings:
        _tell_limits(task, configs, settings, told)
        models = (settings.task_model, settings.optimizer_model)
        runs = asyncio.run(run_side_by_side(plan, settings, models, told, _in_short))
    _tell(runs, names, options, told)


def _checked(names: str) -> tuple[str, ...]:
    """Return the names, each once; an unknown one ends here, before anything is paid.

    Raises:
        ConfigError: there is no algorithm of that name, or no name at all.
    """
    from optimizer.errors import ConfigError
    from optimizer.search.choose import choose_algorithm

    wanted = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if not wanted:
        raise ConfigError("--algorithms is empty.", f"Name some of {ALGORITHMS}.")
    for name in wanted:
        choose_algorithm(name)
    return wanted


async def _run_one(
    task: Task, config: OptimizeConfig, told: Console | None, pool: ModelPool, control: RunControl
) -> ComparedRun:
    """Run one algorithm once; the first run tells, to ``told``, what all of them begin with."""
    from bot.comparison import ComparedRun
    from bot.plots import score_points
    from optimizer.events import Event, RunStarted
    from optimizer.run import run_optimization

    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)
        if told is not None and isinstance(event, RunStarted):
            _tell_task(event, told)

    result = await run_optimization(task, config, pool, on_event=note, control=control)
    return ComparedRun(config.algorithm, config.seed, result, score_points(events))


def _tell_limits(
    task: Task, configs: Sequence[OptimizeConfig], settings: ModelSettings, told: Console
) -> None:
    from bot.cli.started_lines import shown_limits
    from optimizer.forecast import forecast

    bounds = [forecast(task, config, settings) for config in configs]
    costs = [bound.cost for bound in bounds if bound.cost is not None]
    cost = sum(costs) if len(costs) == len(bounds) else None
    limits = shown_limits(sum(bound.calls for bound in bounds), cost)
    told.print(f"{len(configs)} runs with {settings.task_model}: {limits}.", markup=False)


def _tell_task(event: RunStarted, told: Console) -> None:
    from bot.cli.started_lines import effect_line, task_line, warning_lines

    for line in (f"{task_line(event)} {effect_line(event)}", *warning_lines(event)):
        told.print(line)


def _in_short(run: ComparedRun) -> str:
    test = run.result.holdout
    if test is None:
        return f"no held-out test, stopped because: {run.result.stopped_because}"
    return (
        f"held out {test.seed_score:.0%} -> {test.final_score:.0%} ({test.verdict}), "
        f"{run.result.calls:,} calls, {run.result.seconds:.1f} s"
    )


def _tell(
    runs: Sequence[ComparedRun], names: Sequence[str], options: Mapping[str, Any], told: Console
) -> None:
    from bot.comparison import comparison_report
    from bot.comparison_plot import comparison_plot

    ordered = sorted(runs, key=lambda run: (names.index(run.algorithm), run.seed))
    table = _table(ordered) if ordered else None
    tell_comparison(comparison_report(ordered), table, comparison_plot(ordered), options, told)


def _table(runs: Sequence[ComparedRun]) -> Table:
    from bot.comparison import summarise

    held_out = next((run.result.holdout.n for run in runs if run.result.holdout), 0)
    rows = [
        (
            item.algorithm,
            f"{item.score:.1%} ({100 * item.interval[0]:.0f}–{100 * item.interval[1]:.0f})",
            f"{100 * item.gain:+.1f}",
            f"{item.better}/{item.runs}",
            f"{item.calls:,.0f}",
            f"{item.tokens / 1000:,.0f}k",
            "unknown" if item.cost is None else f"${item.cost:.2f}",
            f"{item.seconds:.1f}",
        )
        for item in summarise(runs)
    ]
    return comparison_table(
        f"Means over seeds; 95 % Wilson interval at the {held_out} examples of one held-out set.",
        ("held out", "gain", "better", "calls", "tokens", "cost", "seconds"),
        rows,
    )
