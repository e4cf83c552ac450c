"""The last post of an evolution: the method, what the test says of it, what became of the data."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.blocks import (
    Block,
    Message,
    context,
    fields,
    header,
    message,
    paragraph,
    person,
    preformatted,
    rich,
    section,
    words,
)
from bot.slack.diff import short_diff
from bot.slack.escaping import Markup, markup
from bot.slack.messages.card import is_simulated, models_line
from bot.slack.messages.evolution_steps import failure_words, sample_blocks
from bot.slack.messages.figures import duration, money, points, share
from bot.slack.messages.final import prompt_blocks, with_look
from bot.slack.messages.run_bar import run_bar
from optimizer.counted import counted
from optimizer.evolution.events import ApplicationFinished, DataMeasured, EvolutionFinished
from optimizer.holdout_events import HoldoutTested

_DIFF = 2_000
_INLINE_METHOD = 3_500
_STOPPED = {
    "rounds": "all steps were done",
    "patience": "the last steps brought no better method",
    "budget": "the budget was used up",
    "cancelled": "somebody pressed Stop",
    "perfect": "no failure was left",
}


@dataclass(frozen=True, slots=True)
class EvolutionOutcome:
    """Everything that the final post tells."""

    run_id: str
    owner: str
    finished: EvolutionFinished
    holdout: HoldoutTested | None
    applied: ApplicationFinished | None
    measured: DataMeasured | None
    seconds: float
    models: tuple[str, ...]
    data_at: str = ""
    """Where the evolved rows are, when they are not among the files below."""


def evolution_headline(
    finished: EvolutionFinished, holdout: HoldoutTested | None, applied: ApplicationFinished | None
) -> str:
    """The outcome in one line, no longer than a header; it claims only what the held-out test showed."""
    if applied is None:
        return "Stopped before all rows were evolved"
    return (
        f"{applied.evolved:,} of {counted(applied.rows, 'row')} evolved; {_method_words(finished, holdout)}"
    )


def _method_words(finished: EvolutionFinished, holdout: HoldoutTested | None) -> str:
    if finished.final_method == finished.first_method:
        return "first method kept"
    if holdout is not None and holdout.verdict == "better":
        rates = f"{share(1 - holdout.seed_score)} → {share(1 - holdout.final_score)}"
        return f"failure rate {rates} on {holdout.n} held-out instructions"
    return "new method, not shown to be better"


def draw_evolution(outcome: EvolutionOutcome) -> Message:
    """Draw the final post."""
    finished = outcome.finished
    title = evolution_headline(finished, outcome.holdout, outcome.applied)
    blocks: list[Block] = [
        header(title),
        rich(paragraph(person(outcome.owner), words(" " + evolution_verdict(finished, outcome.holdout)))),
    ]
    if any(is_simulated(model) for model in outcome.models):
        blocks.append(
            context(Markup("⚠️ A *simulated* model answered: these figures say nothing about a real one."))
        )
    blocks.append(fields(_figures(outcome)))
    if outcome.applied is not None:
        blocks.extend(sample_blocks(outcome.applied.sample))
    changed = finished.final_method != finished.first_method
    blocks.append(section(Markup("*The evolving method*" if changed else "*The evolving method, unchanged*")))
    blocks.extend(prompt_blocks(finished.final_method, "method.txt", _INLINE_METHOD))
    change = short_diff(finished.first_method, finished.final_method) if changed else ""
    if change:
        blocks.append(rich(paragraph(words("What changed", bold=True)), preformatted(change, _DIFF, "diff")))
    blocks.append(context(*_remarks(outcome)))
    blocks.extend(run_bar(outcome.run_id))
    return message(markup("{title} · {run}", title=title, run=outcome.run_id), blocks)


def evolution_verdict(finished: EvolutionFinished, holdout: HoldoutTested | None) -> str:
    """Say honestly what was shown of the new method, in a few sentences."""
    return with_look(_shown(finished, holdout), holdout)


def _shown(finished: EvolutionFinished, holdout: HoldoutTested | None) -> str:
    if finished.final_method == finished.first_method and (holdout is None or holdout.verdict != "worse"):
        return "no method was found that fails less often than the first one, so that one was used."
    if holdout is None:
        return (
            "the new method failed less often on the instructions it was chosen by. "
            "It was not tested on others, so nothing is claimed beyond that."
        )
    low, high = holdout.interval
    seen = (
        f"{counted(holdout.n, 'instruction')} that the search never saw: {points(holdout.difference)} evolved without "
        f"failure (95 % interval {points(low)} to {points(high)}, {holdout.test})"
    )
    if holdout.verdict == "better":
        return f"the new method fails less often on {seen}."
    if holdout.verdict == "worse":
        return f"the new method did worse on {seen}. The first method was used instead."
    return (
        "the new method failed less often on the instructions it was chosen by, "
        f"which is not shown on {seen}. With so few, only differences of about "
        f"{points(holdout.smallest_effect).lstrip('+')} can be shown."
    )


def _figures(outcome: EvolutionOutcome) -> list[Markup]:
    finished, applied, measured = outcome.finished, outcome.applied, outcome.measured
    tokens = finished.input_tokens + finished.output_tokens
    figures = []
    if applied is not None:
        figures.append(markup("*Rows*\n{rows}", rows=_row_words(applied)))
    if measured is not None:
        figures.append(
            markup(
                "*Before → after* ({n})\n{before} → {after} words, {distinct} → {more} distinct word pairs",
                n=counted(measured.n, "row"),
                before=f"{measured.before.words:.0f}",
                after=f"{measured.after.words:.0f}",
                distinct=share(measured.before.distinct),
                more=share(measured.after.distinct),
            )
        )
    figures += [
        markup("*Cost*\n{cost}", cost=money(finished.cost)),
        markup(
            "*Model*\n{calls}, {tokens}",
            calls=counted(finished.calls, "call"),
            tokens=counted(tokens, "token"),
        ),
        markup("*Time*\n{time}", time=duration(outcome.seconds)),
        markup(
            "*Search ended because*\n{why}",
            why=_STOPPED.get(finished.stopped_because, finished.stopped_because),
        ),
    ]
    return figures


def _row_words(applied: ApplicationFinished) -> str:
    parts = [f"{applied.evolved:,} evolved"]
    if applied.kept:
        parts.append(f"{applied.kept:,} kept as they were (failed twice)")
    if applied.unusable:
        parts.append(f"{applied.unusable:,} not usable")
    return ", ".join(parts)


def _remarks(outcome: EvolutionOutcome) -> list[Markup]:
    remarks = []
    if outcome.applied is not None:
        if outcome.data_at:
            told = "The data (JSONL, Parquet, all its fields) is in `{folder}`. Files below: the method, the report."
            remarks.append(markup(told, folder=outcome.data_at))
        else:
            told = "Files below: the data (JSONL and Parquet, for Alpaca and OpenAI tools), the method, the report."
            remarks.append(markup(told))
        if outcome.applied.failures:
            failed = failure_words(outcome.applied.failures)
            remarks.append(markup("What failed twice: {failed}; all in failed.jsonl", failed=failed))
    if outcome.finished.troubles:
        troubles = ", ".join(f"{name} {n:,}×" for name, n in outcome.finished.troubles[:6])
        remarks.append(markup("Troubles with the models, handled: {troubles}", troubles=troubles))
    if outcome.models:
        remarks.append(models_line(outcome.models))
    return remarks
