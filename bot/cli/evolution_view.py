"""What a person at a terminal sees of an evolution: failure rates, lessons, samples, and the bar below."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from bot.cli.live_view import LiveView, diff_lines
from bot.p_values import shown_p
from bot.short_pairs import short_pair
from optimizer import events as e
from optimizer.earlier_tests import seen_before
from optimizer.evolution import events as evolution
from optimizer.holdout_events import HoldoutTested

_SAMPLE_CHARS = 160
_PAIRS = 2
_DIFF_LINES = 12


class EvolutionView(LiveView):
    """Draws an evolution's events on standard error; see ``LiveView``."""

    def show(self, event: e.Event, is_new: bool = True) -> None:
        """Draw one event."""
        if not is_new:
            return
        if isinstance(event, evolution.EvolutionStarted):
            self._show_evolution(event)
        elif isinstance(event, evolution.MethodScored):
            self._show_score(event)
        elif isinstance(event, evolution.TrajectoriesEvolved):
            self._show_pairs(event.sample)
        elif isinstance(event, e.GradientsSummarised):
            self._line(f"[bold]Step {event.round}[/] learned: {escape(event.summary)}")
        elif isinstance(event, evolution.MethodSelected):
            self._show_method(event)
        elif isinstance(event, HoldoutTested):
            self._show_test(event)
        elif isinstance(event, evolution.ApplicationStarted):
            answers = ", with new answers" if event.answers else ""
            self._line(f"Applying the final method to all {event.rows:,} rows{answers}.")
        elif isinstance(event, evolution.DataMeasured):
            self._show_measures(event)
        elif isinstance(event, evolution.ApplicationFinished):
            self._show_rows(event)
        else:
            super().show(event, is_new)

    def _show_evolution(self, event: evolution.EvolutionStarted) -> None:
        unusable = f" ({event.unusable:,} not usable)" if event.unusable else ""
        self._line(
            escape(
                f"Run {event.run_id}: {event.data}, {event.shape}, {event.rows:,} rows{unusable}; methods are "
                f"compared on {event.dev}, tested on {event.holdout}, batches come from {event.batch_pool}."
            )
        )
        cost = "price unknown" if event.forecast_cost is None else f"${event.forecast_cost:.2f}"
        self._line(
            escape(
                f"{event.algorithm} with {event.evol_model} (rewrites), {event.answer_model} (answers) and "
                f"{event.optimizer_model} (improves the method): about {event.forecast_calls:,} calls, {cost}."
            )
        )
        for warning in event.warnings:
            self._line(f"[yellow]Note:[/] {escape(warning)}")

    def _show_score(self, event: evolution.MethodScored) -> None:
        if event.step == 0:
            self._best = f"{event.rate:.0%} fail"
            self._line(
                f"First method: [bold]{event.rate:.0%}[/] of {event.n} evolutions fail{_rules(event.failures)}."
            )

    def _show_method(self, event: evolution.MethodSelected) -> None:
        self._best = f"{event.rate:.0%} fail"
        if not event.improved:
            self._line(f"[bold]Step {event.step}[/]: no better method; {event.rate:.0%} fail.")
            return
        self._line(f"[bold]Step {event.step}[/]: a better method, [bold]{event.rate:.0%}[/] fail.")
        for line in diff_lines(event.parent_text, event.text)[:_DIFF_LINES]:
            self._quote(line, {"+": "green", "-": "red"}.get(line[:1], "dim"))

    def _show_test(self, event: HoldoutTested) -> None:
        low, high = event.interval
        self._line(
            f"Held out (n={event.n}): {1 - event.seed_score:.0%} fail with the first method, "
            f"{1 - event.final_score:.0%} with the final one, difference {0 - event.difference:+.0%} "
            f"(95 % interval {0 - high:+.0%} to {0 - low:+.0%}, {shown_p(event.p_value)}, {event.test}). "
            f"Verdict: [bold]{event.verdict}[/]."
        )
        if seen_before(event):
            self._line(seen_before(event))

    def _show_measures(self, event: evolution.DataMeasured) -> None:
        before, after = event.before, event.after
        judged = (
            f", judged {before.judged:.2f} → {after.judged:.2f}"
            if before.judged is not None and after.judged is not None
            else ""
        )
        self._line(
            f"Over {event.n} rows: {before.words:.0f} → {after.words:.0f} words each, distinct word pairs "
            f"{before.distinct:.2f} → {after.distinct:.2f}, spread {before.spread:.2f} → {after.spread:.2f}{judged}."
        )

    def _show_rows(self, event: evolution.ApplicationFinished) -> None:
        kept = f", {event.kept:,} kept as they were{_rules(event.failures)}" if event.kept else ""
        unusable = f", {event.unusable:,} not usable" if event.unusable else ""
        self._line(f"[bold]{event.evolved:,}[/] of {event.rows:,} rows evolved{kept}{unusable}.")
        self._show_pairs(event.sample)

    def _show_pairs(self, sample: Sequence[evolution.EvolvedSample]) -> None:
        for pair in sample[:_PAIRS]:
            before, after = short_pair(pair.before, pair.after, _SAMPLE_CHARS)
            self._quote(f"row {pair.row} before: {before}", "dim")
            self._quote(f"       after: {after}", "red" if pair.failure else "green")
            if pair.failure:
                self._quote(f"       {_short(pair.failure)}", "dim")

    def _quote(self, line: str, style: str) -> None:
        self._console.print(f"  {line}", style=style, markup=False)


def _rules(failures: Sequence[evolution.FailureCount]) -> str:
    told = ", ".join(f"{item.rule} {item.count}" for item in failures)
    return f" ({told})" if told else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= _SAMPLE_CHARS else f"{line[: _SAMPLE_CHARS - 1]}…") or "(nothing)"
