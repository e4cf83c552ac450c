"""The replies of a run's thread while it works: the data, similar prompts, the start, each round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import (
    Block,
    Message,
    bullets,
    context,
    fields,
    message,
    named,
    paragraph,
    preformatted,
    quote,
    rich,
    section,
    words,
)
from bot.slack.diff import short_diff
from bot.slack.escaping import Markup, cut, markup, one_line
from bot.slack.messages.card import is_simulated, metric_words
from bot.slack.messages.figures import money, points, share
from optimizer.counted import counted
from optimizer.events import BaselineScored, BeamSelected, ErrorCase, RunStarted

MAX_SUMMARY = 900
MAX_LABELS = 12
MAX_WARNINGS = 6
_DIFF_BUDGET = 3_000


def understood(event: RunStarted) -> Message:
    """What was read out of the files, how it is split, and what the run is expected to take."""
    blocks: list[Block] = [
        section(Markup("*What I understood*")),
        fields(
            [
                markup("*The model reads*\n{columns}", columns=", ".join(event.input_columns)),
                markup("*The right answer*\n{column}", column=event.target_column),
                markup(
                    "*Examples*\n{search} to learn from, {holdout} kept for the final test",
                    search=event.search_size,
                    holdout=event.holdout_size,
                ),
                markup("*Judged by*\n{metric}", metric=metric_words(event.metric)),
                markup("*Forecast*\nabout {calls}, {cost}", calls=_calls(event), cost=_cost(event)),
                markup("*Models*\n{models}", models=_models(event)),
            ]
        ),
    ]
    if event.labels:
        blocks.append(rich(paragraph(words("Labels: ", bold=True), words(_label_list(event.labels), 600))))
    blocks.append(
        context(
            markup(
                "With {n} test examples, only a difference of about {effect} or more can be shown.",
                n=event.holdout_size,
                effect=points(event.smallest_effect).lstrip("+"),
            )
        )
    )
    if event.warnings:
        shown = [one_line(warning, 300) for warning in event.warnings[:MAX_WARNINGS]]
        blocks.append(rich(paragraph(words("Worth knowing", bold=True)), bullets(shown)))
    simulated = [model for model in (event.task_model, event.optimizer_model) if is_simulated(model)]
    if simulated:
        blocks.append(
            context(Markup("⚠️ A *simulated* model answers here: good for trying, not for real prompts."))
        )
    return message(markup("What I understood of your data: {n} examples", n=event.examples), blocks)


def _label_list(labels: Sequence[str]) -> str:
    shown = ", ".join(one_line(label, 60) for label in labels[:MAX_LABELS])
    hidden = len(labels) - MAX_LABELS
    return f"{shown} and {hidden} more" if hidden > 0 else shown


def _calls(event: RunStarted) -> str:
    return counted(event.forecast_calls, "call")


def _cost(event: RunStarted) -> str:
    return money(event.forecast_cost)


def _models(event: RunStarted) -> str:
    if event.task_model == event.optimizer_model:
        return event.task_model
    return f"{event.task_model}, edits by {event.optimizer_model}"


def baseline(event: BaselineScored, unanswered_note: str = "") -> Message:
    """The first prompt's score before anything was changed."""
    text = markup(
        "*Start:* your prompt gets *{score}* right on {n}.", score=share(event.score), n=_shown(event.n)
    )
    blocks: list[Block] = [section(text)]
    if event.unparseable:
        blocks.append(
            context(
                markup(
                    "{n} could not be read as an answer; they count as wrong. {note}",
                    n=counted(event.unparseable, "reply", "replies"),
                    note=unanswered_note,
                )
            )
        )
    return message(text, blocks)


def _shown(n: int) -> str:
    return counted(n, "example")


@dataclass(frozen=True, slots=True)
class RoundNotes:
    """What one round taught: gathered from its events, told in one reply."""

    round: int
    rounds: int
    before: float | None
    selected: BeamSelected
    summary: str = ""
    cases: tuple[ErrorCase, ...] = ()
    reasons: tuple[str, ...] = ()
    proposed: int = 0
    feedback: tuple[tuple[str, str], ...] = ()
    """(author, words) of people's wishes that joined this round."""

    @property
    def worth_telling(self) -> bool:
        """A round is told when it found something better or said what fails."""
        return self.selected.improved or bool(self.summary) or bool(self.reasons) or bool(self.feedback)


def round_reply(notes: RoundNotes) -> Message:
    """One round: what failed, why, the edit that won, and the score before and after."""
    chosen = notes.selected
    outcome = round_line(notes)
    blocks: list[Block] = [section(outcome)]
    if notes.cases:
        blocks.append(
            rich(paragraph(words("Where it failed", bold=True)), *(_case(case) for case in notes.cases[:2]))
        )
    why = cut(notes.summary, MAX_SUMMARY) if notes.summary else ""
    if why:
        blocks.append(rich(paragraph(words("Why", bold=True)), quote(why, MAX_SUMMARY)))
    elif notes.reasons:
        blocks.append(rich(paragraph(words("Why", bold=True)), bullets(notes.reasons[:3])))
    if chosen.improved:
        change = short_diff(chosen.parent_text, chosen.best_text)
        if change:
            blocks.append(
                rich(
                    paragraph(words("The edit that won", bold=True)),
                    preformatted(change, _DIFF_BUDGET, "diff"),
                )
            )
        if chosen.reason:
            blocks.append(
                rich(paragraph(words("It answers: ", bold=True), words(one_line(chosen.reason, 400))))
            )
    for author, wish in notes.feedback[:3]:
        blocks.append(
            rich(
                paragraph(
                    words("Used from ", bold=True), named(author), words(": ", bold=True), words(wish, 300)
                )
            )
        )
    return message(outcome, blocks)


def round_line(notes: RoundNotes) -> Markup:
    """One round in one line: its score before and after."""
    chosen = notes.selected
    n = chosen.beam[0].n if chosen.beam else 0
    before, after = notes.before, share(chosen.best_score)
    values = {
        "round": notes.round,
        "rounds": notes.rounds,
        "before": share(before) if before is not None else "",
        "after": after,
        "n": _shown(n),
        "tried": counted(notes.proposed, "candidate"),
    }
    if chosen.improved and before is not None and share(before) != after and chosen.best_score > before:
        return markup("*Round {round} of {rounds}:* {before} → *{after}* on {n} ({tried} tried)", **values)
    if chosen.improved:  # the score of the one before may come from fewer examples, and flatter it
        return markup(
            "*Round {round} of {rounds}:* a new best with *{after}* on {n} ({tried} tried)", **values
        )
    if before is None or share(before) == after:
        return markup(
            "*Round {round} of {rounds}:* nothing better found; the best stays at {after} ({tried} tried)",
            **values,
        )
    return markup(
        "*Round {round} of {rounds}:* nothing better found; the best has {after} on {n} now ({tried} tried)",
        **values,
    )


def _case(case: ErrorCase) -> Block:
    lines = (
        f"{one_line(case.input, 220)}\n"
        f"expected {one_line(case.expected, 60)} — the model said {one_line(case.answer, 80) or '(nothing)'}"
    )
    return quote(lines, 400)
