"""Runs of several algorithms one after the other, each with a wall-clock of its own, and what is told of them."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.cli.saying import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from optimizer.control import RunControl
    from optimizer.model.pool import ModelPool
    from optimizer.model.settings import ModelSettings

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Planned(Generic[Done]):
    """A run that is to come: its name for people, and what starts it."""

    name: str
    run: Callable[[ModelPool, RunControl], Awaitable[Done]]


async def run_side_by_side(
    plan: Sequence[Planned[Done]],
    settings: ModelSettings,
    models: Iterable[str],
    told: Console,
    in_short: Callable[[Done], str],
) -> list[Done]:
    """Run the plan in its order and return what is done when it ends or is interrupted.

    ``models`` are the models that the runs ask, ``in_short`` says what came of one in a line.

    Raises:
        ConfigError, InputError, ModelError: from a run.
    """
    from optimizer.control import RunControl
    from optimizer.model.pool import ModelPool

    control = RunControl()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, control.cancel)
    runs: list[Done] = []
    async with ModelPool(settings) as pool:
        for model in models:
            pool.backend(model)  # imports the provider's package: not a part of the first run's time
        for number, planned in enumerate(plan, start=1):
            with told.status(f"{planned.name} ({number} of {len(plan)})"):
                run = await planned.run(pool, control)
            if control.cancelled:
                told.print("Stopped; these are the runs that were done.")
                break
            runs.append(run)
            told.print(f"{number}/{len(plan)} {planned.name}: {in_short(run)}", markup=False)
    return runs


def comparison_table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table with one row per algorithm; ``headings`` name the columns behind it."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False, caption=caption, caption_justify="left"
    )
    table.add_column("algorithm", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def tell_comparison(
    report: Mapping[str, Any],
    table: Table | None,
    draw: Callable[[], bytes],
    options: Mapping[str, Any],
    told: Console,
) -> None:
    """Print the table (None when no run was done) or the report, and write report and plot to ``--out``."""
    from rich.console import Console

    from bot.cli.result_files import write_comparison

    if options["as_json"]:
        say(json.dumps(report, ensure_ascii=False, indent=2))
    if table:
        (told if options["as_json"] else Console()).print(table)
    if options["out"]:
        write_comparison(options["out"], report, draw())
        told.print(f"Written: compare.json, compare.png in {options['out']}", markup=False)
