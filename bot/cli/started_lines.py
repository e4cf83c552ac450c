"""The lines that tell, before anything is paid, how a task was understood and what a test of it can show."""

from __future__ import annotations

from rich.markup import escape

from optimizer.events import RunStarted


def task_line(event: RunStarted) -> str:
    """Return what the examples are, what is read, what is expected and how answers are judged."""
    labels = f", labels {', '.join(event.labels[:8])}" if event.labels else ""
    return escape(
        f"{event.examples} examples ({event.search_size} to search, {event.holdout_size} held out), "
        f"reads {', '.join(event.input_columns)}, "
        f"expects {event.target_column or 'no particular answer'}{labels}; metric {event.metric}."
    )


def shown_limits(calls: int, cost: float | None) -> str:
    """Return the most calls and dollars that may be spent, None for a price that is not known."""
    return f"at most {calls:,} calls, {'price unknown' if cost is None else f'${cost:.2f}'}"


def effect_line(event: RunStarted) -> str:
    """Return the smallest difference that the held-out test can show."""
    return f"The test can show differences from {event.smallest_effect:.0%}."


def warning_lines(event: RunStarted) -> list[str]:
    """Return what is odd about the data, or was guessed, a line each."""
    return [f"[yellow]Note:[/] {escape(warning)}" for warning in event.warnings]
