"""The replies of an evolution's thread while it works: the data, the first failure rate, each step."""

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
from bot.slack.messages.card import is_simulated
from bot.slack.messages.figures import money, share
from bot.slack.messages.steps import MAX_SUMMARY, MAX_WARNINGS
from optimizer.counted import counted
from optimizer.evolution.events import (
    EvolutionStarted,
    EvolvedSample,
    FailureCount,
    MethodScored,
    MethodSelected,
)

MAX_SAMPLES = 2
_SAMPLE_TEXT = 420
_DIFF_BUDGET = 3_000
_MOST_RULES = 6
_MOST_REASONS = 3
_SHAPES = {
    "alpaca": "Alpaca (instruction, input, output)",
    "sharegpt": "ShareGPT conversations",
    "openai": "OpenAI chat messages",
    "plain": "one column of a table",
}


def data_understood(event: EvolutionStarted) -> Message:
    """What was read out of the data set, how it is used, and what the run is expected to take."""
    rows = counted(event.rows, "row")
    if event.unusable:
        rows += f", {event.unusable:,} of them not usable (they are kept as they are)"
    facts = [
        markup("*Data*\n{rows}", rows=rows),
        markup("*Shape*\n{shape}", shape=_SHAPES.get(event.shape, event.shape)),
        markup(
            "*To compare methods*\n{dev} to choose by, {holdout} kept for one test",
            dev=event.dev,
            holdout=event.holdout,
        ),
        markup("*Search*\n{search}", search=_search(event)),
        markup("*Forecast*\nat most {calls}, {cost}", calls=_calls(event), cost=money(event.forecast_cost)),
        markup("*Models*\n{models}", models=_models(event)),
    ]
    blocks: list[Block] = [section(Markup("*What I understood*")), fields(facts)]
    if event.warnings:
        shown = [one_line(warning, 300) for warning in event.warnings[:MAX_WARNINGS]]
        blocks.append(rich(paragraph(words("Worth knowing", bold=True)), bullets(shown)))
    if any(map(is_simulated, (event.evol_model, event.answer_model, event.optimizer_model))):
        blocks.append(
            context(Markup("⚠️ A *simulated* model answers here: good for trying, not for real data."))
        )
    return message(markup("What I understood of your data: {n} rows", n=event.rows), blocks)


def _calls(event: EvolutionStarted) -> str:
    return counted(event.forecast_calls, "call")


def _search(event: EvolutionStarted) -> str:
    if not event.steps:
        return "none: the first method is applied as it is"
    return f"{counted(event.steps, 'step')}, {counted(event.candidates, 'new method')} each"


def _models(event: EvolutionStarted) -> str:
    said = f"rewriting {event.evol_model}, answers {event.answer_model}, methods {event.optimizer_model}"
    same = len({event.evol_model, event.answer_model, event.optimizer_model}) == 1
    return event.evol_model if same else said


def first_rate(event: MethodScored) -> Message:
    """How often the first method fails, before anything was changed."""
    text = markup(
        "*Start:* the first method fails on *{rate}* of {n}.",
        rate=share(event.rate),
        n=counted(event.n, "instruction"),
    )
    blocks: list[Block] = [section(text)]
    if event.failures:
        blocks.append(context(markup("How it fails: {rules}", rules=failure_words(event.failures))))
    return message(text, blocks)


def failure_words(failures: Sequence[FailureCount]) -> str:
    """Name failures and how often each happened, most frequent first."""
    ranked = sorted(failures, key=lambda item: (-item.count, item.rule))
    return ", ".join(f"{item.rule} {item.count:,}×" for item in ranked[:_MOST_RULES])


@dataclass(frozen=True, slots=True)
class StepNotes:
    """What one step taught: gathered from its events, told in one reply. Rates are 0..1."""

    steps: int
    before: float | None
    selected: MethodSelected
    summary: str = ""
    reasons: tuple[str, ...] = ()
    samples: tuple[EvolvedSample, ...] = ()
    proposed: int = 0
    dev: int = 0
    feedback: tuple[tuple[str, str], ...] = ()
    """(author, words) of people's wishes that joined this step."""


def step_reply(notes: StepNotes) -> Message:
    """One step: what failed and why, pairs before and after, and the change to the method."""
    chosen = notes.selected
    outcome = step_line(notes)
    blocks: list[Block] = [section(outcome)]
    if notes.summary:
        summary = cut(notes.summary, MAX_SUMMARY)
        blocks.append(rich(paragraph(words("Why evolutions failed", bold=True)), quote(summary, MAX_SUMMARY)))
    elif notes.reasons:
        reasons = bullets(notes.reasons[:_MOST_REASONS])
        blocks.append(rich(paragraph(words("Why evolutions failed", bold=True)), reasons))
    blocks.extend(sample_blocks(notes.samples))
    change = short_diff(chosen.parent_text, chosen.text) if chosen.improved else ""
    if change:
        title = paragraph(words("The change to the method", bold=True))
        blocks.append(rich(title, preformatted(change, _DIFF_BUDGET, "diff")))
    for author, wish in notes.feedback[:3]:
        used = words("Used from ", bold=True)
        blocks.append(rich(paragraph(used, named(author), words(": ", bold=True), words(wish, 300))))
    return message(outcome, blocks)


def step_line(notes: StepNotes) -> Markup:
    """One step in one line: its failure rate before and after."""
    chosen = notes.selected
    values = {
        "step": chosen.step,
        "steps": max(notes.steps, chosen.step),
        "after": share(chosen.rate),
        "tried": counted(notes.proposed, "method"),
    }
    if chosen.improved and notes.before is not None:
        return markup(
            "*Step {step} of {steps}:* failure rate {before} → *{after}* on {n} ({tried} tried)",
            before=share(notes.before),
            n=counted(notes.dev, "instruction"),
            **values,
        )
    return markup(
        "*Step {step} of {steps}:* no better method; the failure rate stays at {after} ({tried} tried)",
        **values,
    )


def sample_blocks(samples: Sequence[EvolvedSample], limit: int = MAX_SAMPLES) -> list[Block]:
    """Show instructions before and after, a failed one with its reason."""
    blocks: list[Block] = []
    for sample in samples[:limit]:
        verdict = f"✗ {one_line(sample.failure, 160)}" if sample.failure else "✓ evolved"
        title = paragraph(words(f"Row {sample.row:,} ", bold=True), words(verdict))
        before = quote(one_line(sample.before, _SAMPLE_TEXT) or "(empty)", _SAMPLE_TEXT)
        after = quote("→ " + (one_line(sample.after, _SAMPLE_TEXT) or "(nothing)"), _SAMPLE_TEXT + 2)
        blocks.append(rich(title, before, after))
    return blocks
