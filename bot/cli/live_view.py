"""What a person at a terminal sees of a run: a bar while it works, a line for everything learned."""

from __future__ import annotations

import difflib

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.holdout_lines import holdout_lines
from bot.cli.started_lines import effect_line, shown_limits, task_line, warning_lines
from bot.p_values import shown_p
from optimizer import events as e
from optimizer.earlier_tests import seen_before
from optimizer.holdout_events import HoldoutDetails, HoldoutTested


class LiveView:
    """Draws events on standard error. Without a terminal it prints plain lines and no bar."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[numbers]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=1.0, numbers="")
        self._best = ""

    def __enter__(self) -> LiveView:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def show(self, event: e.Event, is_new: bool = True) -> None:
        """Draw one event."""
        if isinstance(event, e.Progress):
            self._move(event)
        elif not is_new:
            return
        elif isinstance(event, e.RunStarted):
            self._show_start(event)
        elif isinstance(event, e.BaselineScored):
            extra = f", {event.unparseable} unparseable" if event.unparseable else ""
            self._best = f"best {event.score:.0%}"
            self._line(f"First prompt: [bold]{event.score:.0%}[/] on {event.n} search examples{extra}.")
        elif isinstance(event, e.GradientsSummarised):
            self._line(f"[bold]Round {event.round}[/] learned: {escape(event.summary)}")
        elif isinstance(event, e.BeamSelected):
            self._show_beam(event)
        elif isinstance(event, e.BudgetSpent):
            limit = f"${event.limit:,.2f}" if event.what == "cost" else f"{event.limit:,.0f} {event.what}"
            self._line(
                f"[yellow]The budget of {limit} does not allow the next step[/], after {event.calls} calls."
            )
        elif isinstance(event, HoldoutTested):
            self._show_holdout(event)
        elif isinstance(event, HoldoutDetails):
            for line in holdout_lines(event):
                self._line(escape(line))

    def _move(self, event: e.Progress) -> None:
        cost = "" if event.cost is None else f" · ${event.cost:.2f}"
        left = "" if event.seconds_left is None else f" · {shown_seconds(event.seconds_left)} left"
        numbers = f"{self._best} · {event.calls:,} calls{cost}{left}"
        self._bar.update(
            self._task, completed=event.fraction, description=event.doing, numbers=numbers.strip(" ·")
        )

    def _show_start(self, event: e.RunStarted) -> None:
        self._line(f"Run {escape(event.run_id)}: {task_line(event)}")
        models = escape(
            f"{event.algorithm} ({event.preset}) with {event.task_model} and {event.optimizer_model}"
        )
        limits = shown_limits(event.forecast_calls, event.forecast_cost)
        self._line(f"{models}: {limits}. {effect_line(event)}")
        for line in warning_lines(event):
            self._line(line)

    def _show_beam(self, event: e.BeamSelected) -> None:
        self._best = f"best {event.best_score:.0%}"
        if not event.improved:
            self._line(
                f"[bold]Round {event.round}[/]: no better candidate; best stays {event.best_score:.0%}."
            )
            return
        self._line(f"[bold]Round {event.round}[/]: best candidate {event.best_score:.0%}.")
        for line in diff_lines(event.parent_text, event.best_text)[:12]:
            style = {"+": "green", "-": "red"}.get(line[:1], "dim")
            self._console.print(f"  {line}", style=style, markup=False)

    def _show_holdout(self, event: HoldoutTested) -> None:
        low, high = event.interval
        self._line(
            f"Held out (n={event.n}): first {event.seed_score:.0%}, best {event.final_score:.0%}, "
            f"difference {event.difference:+.0%} (95 % interval {low:+.0%} to {high:+.0%}, "
            f"{shown_p(event.p_value)}, {event.test}). Verdict: [bold]{event.verdict}[/]."
        )
        if seen_before(event):
            self._line(seen_before(event))

    def _line(self, text: str) -> None:
        self._console.print(text)


def shown_seconds(seconds: float) -> str:
    """Return a time left as people read it: ``40 s``, ``12 min``, ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def diff_lines(before: str, after: str) -> list[str]:
    """Return the changed lines between two prompts, each starting with ``+`` or ``-``."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]
