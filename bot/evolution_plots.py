"""Plots of evolutions: the failure rate over the steps of a run, and several runs over their calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.plots import INK, as_png, draw_measured, draw_shares, draw_test, figure_with_test, wilson_interval
from optimizer.events import Event
from optimizer.evolution.events import EvolutionStarted, MethodScored, MethodSelected
from optimizer.holdout_events import HoldoutTested

_GREY = "#868e96"


@dataclass(frozen=True, slots=True)
class RatePoints:
    """What the plots show. Rates are shares of failed evolutions (0..1) on the dev instructions.

    ``steps``, ``calls`` and ``rates`` describe the best method after each step, step 0 the first one;
    ``tried`` holds (step, rate) of every proposed method that saw all dev instructions.
    """

    steps: tuple[int, ...]
    calls: tuple[int, ...]
    rates: tuple[float, ...]
    dev: int
    tried: tuple[tuple[int, float], ...]
    holdout: HoldoutTested | None
    simulated: bool


def rate_points(events: Sequence[Event]) -> RatePoints:
    """Pick the plots' numbers out of an evolution's events."""
    steps: list[int] = []
    calls: list[int] = []
    rates: list[float] = []
    scored: list[MethodScored] = []
    holdout = None
    dev, simulated = 0, False
    for event in events:
        if isinstance(event, EvolutionStarted):
            dev, simulated = event.dev, "simulated" in event.evol_model
        elif isinstance(event, MethodScored):
            scored.append(event)
            if event.step == 0:
                steps.append(0)
                calls.append(2 * event.n)
                rates.append(event.rate)
        elif isinstance(event, MethodSelected):
            steps.append(event.step)
            calls.append(event.calls)
            rates.append(event.rate)
        elif isinstance(event, HoldoutTested):
            holdout = event
    tried = tuple((event.step, event.rate) for event in scored if event.step and event.n == dev)
    return RatePoints(tuple(steps), tuple(calls), tuple(rates), dev, tried, holdout, simulated)


def failure_rate_text(events: Sequence[Event]) -> str:
    """Return the plot's numbers in words, for people who cannot see it."""
    points = rate_points(events)
    told = ", ".join(
        f"{rate:.0%} at step {step}" for step, rate in zip(points.steps, points.rates, strict=True)
    )
    text = (
        f"Failure rate on {points.dev} instructions: {told}." if told else "No failure rates were measured."
    )
    if points.holdout:
        text += (
            f" Held-out instructions: {1 - points.holdout.seed_score:.0%} with the first method, "
            f"{1 - points.holdout.final_score:.0%} with the final one."
        )
    return text


def failure_rate_plot(events: Sequence[Event]) -> bytes:
    """Draw the failure rates of an evolution as PNG bytes, 1200 by 600 pixels. Safe from any thread."""
    points = rate_points(events)
    figure, panels = figure_with_test(tested=points.holdout is not None)
    search = panels[0]
    if points.tried:
        steps, rates = zip(*points.tried, strict=True)
        search.scatter(steps, rates, s=16, color=_GREY, alpha=0.5, label="tried")
    if points.rates:
        draw_measured(search, points.steps, points.rates, [points.dev] * len(points.rates))
    search.set_xlabel("step")
    search.set_ylabel("evolutions that fail")
    search.set_title(
        f"Best method, on {points.dev} instructions (bars: 95 %)", loc="left", fontsize=10, color=INK
    )
    if points.holdout:
        failed = (1 - points.holdout.seed_score, 1 - points.holdout.final_score)
        draw_test(panels[1], ("first", "final"), failed, points.holdout)
    search.set_ylim(0, _top(points))
    search.set_xticks(points.steps or (0,))
    search.margins(x=0.1)
    for panel in panels:
        draw_shares(panel)
    return as_png(figure, simulated=points.simulated)


def _top(points: RatePoints) -> float:
    tested = [1 - points.holdout.seed_score, 1 - points.holdout.final_score] if points.holdout else []
    ends = [wilson_interval(rate, points.dev)[1] for rate in points.rates]
    return min(1.05, max([*ends, *tested, *(rate for _, rate in points.tried), 0.1]) * 1.15)
