"""The last post of a run: the prompt, what the held-out test says of it, and what it took."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clean_text import clean
from bot.p_values import shown_p
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
from bot.slack.messages.figures import duration, money, points, share
from optimizer.counted import counted
from optimizer.earlier_tests import seen_before
from optimizer.events import RunFinished
from optimizer.holdout_events import HoldoutTested

INLINE_PROMPT = 6_000
"""Longer prompts are shown by their beginning; the file has all of it."""
EXCERPT = 1_500
_PIECE = 2_900
_DIFF = 2_500

_STOPPED = {
    "rounds": "all rounds were done",
    "patience": "the last rounds brought nothing better",
    "budget": "the budget was used up",
    "cancelled": "somebody pressed Stop",
    "perfect": "nothing was left to mend",
    "error": "an error ended the search",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that the final post tells."""

    run_id: str
    owner: str
    finished: RunFinished
    holdout: HoldoutTested | None
    seconds: float
    models: tuple[str, ...]
    plot_failed: bool = False
    actions: tuple[Block, ...] = ()
    """The buttons below the post."""


def headline(finished: RunFinished, holdout: HoldoutTested | None) -> str:
    """The outcome in one line, no longer than a header."""
    if holdout is None:
        return (
            "Stopped before the final test" if finished.stopped_because == "cancelled" else "Done, not tested"
        )
    scores = f"{share(holdout.seed_score)} → {share(holdout.final_score)}"
    if holdout.verdict == "better":
        return f"Better: {scores} ({points(holdout.difference)}) on {holdout.n} held-out examples"
    if holdout.verdict == "worse":
        return f"Worse on {holdout.n} held-out examples: your prompt stays"
    return f"No improvement shown on {holdout.n} held-out examples: your prompt stays"


def draw_outcome(outcome: Outcome) -> Message:
    """Draw the final post."""
    finished, holdout = outcome.finished, outcome.holdout
    title = headline(finished, holdout)
    blocks: list[Block] = [
        header(title),
        rich(paragraph(person(outcome.owner), words(" " + verdict_words(finished, holdout)))),
    ]
    if any(is_simulated(model) for model in outcome.models):
        blocks.append(
            context(Markup("⚠️ A *simulated* model answered: these figures say nothing about a real one."))
        )
    blocks.append(fields(_figures(outcome)))
    changed = finished.final_prompt != finished.seed_prompt
    blocks.append(section(Markup("*The prompt*" if changed else "*Your prompt, unchanged*")))
    blocks.extend(prompt_blocks(finished.final_prompt, "prompt.txt"))
    change = short_diff(finished.seed_prompt, finished.final_prompt) if changed else ""
    if change:
        blocks.append(rich(paragraph(words("What changed", bold=True)), preformatted(change, _DIFF, "diff")))
    blocks.append(context(*_remarks(outcome)))
    blocks.extend(outcome.actions)
    return message(markup("{title} · {run}", title=title, run=outcome.run_id), blocks)


def verdict_words(finished: RunFinished, holdout: HoldoutTested | None) -> str:
    """Say honestly what was shown, in a few sentences."""
    return with_look(_shown(finished, holdout), holdout)


def with_look(said: str, holdout: HoldoutTested | None) -> str:
    """Add to a verdict that its held-out rows were tested before, if they were."""
    return f"{said} {seen_before(holdout)}".strip()


def _shown(finished: RunFinished, holdout: HoldoutTested | None) -> str:
    if holdout is None:
        why = _STOPPED.get(finished.stopped_because, finished.stopped_because)
        return (
            f"the run ended before the final test ({why}), so nothing is shown about a new prompt and yours stays. "
            "The best one found so far is in candidate.txt."
            if finished.candidate_prompt != finished.seed_prompt
            else f"the run ended before anything better was found ({why})."
        )
    low, high = holdout.interval
    interval = f"95 % interval {points(low)} to {points(high)}, {holdout.test}, {shown_p(holdout.p_value)}"
    if holdout.verdict == "better":
        return (
            f"the new prompt is better on {counted(holdout.n, 'example')} that the search never saw: "
            f"{points(holdout.difference)} ({interval})."
        )
    if finished.candidate_prompt == finished.seed_prompt:
        return "the search found nothing that beats your prompt, so it stays as it is."
    if holdout.verdict == "worse":
        return (
            "the search's best prompt did worse than yours on examples that it never saw "
            f"({points(holdout.difference)}; {interval}). Your prompt stays."
        )
    return (
        f"the search's best prompt is not shown to be better than yours ({points(holdout.difference)}; {interval}). "
        f"With {counted(holdout.n, 'test example')}, only differences of about "
        f"{points(holdout.smallest_effect).lstrip('+')} can be shown; more examples give a clearer answer. "
        "Your prompt stays; the candidate is in candidate.txt."
    )


def prompt_blocks(prompt: str, file_name: str, limit: int = INLINE_PROMPT) -> list[Block]:
    """Show a prompt literally, in pieces; of a long one the beginning and where the rest is."""
    text = clean(prompt)
    if len(text) > limit:
        note = markup(
            "This is the beginning of {n} characters; {file} has the whole prompt.",
            n=f"{len(text):,}",
            file=file_name,
        )
        return [rich(preformatted(text[:EXCERPT], EXCERPT)), context(note)]
    return [rich(preformatted(text[at : at + _PIECE], _PIECE)) for at in range(0, max(len(text), 1), _PIECE)]


def _figures(outcome: Outcome) -> list[Markup]:
    finished = outcome.finished
    tokens = finished.input_tokens + finished.output_tokens
    calls = counted(finished.calls, "call")
    if finished.cached:
        calls += f" (and {finished.cached:,} answered from the journal)"
    figures = [
        markup("*Cost*\n{cost}", cost=money(finished.cost)),
        markup("*Model*\n{calls}, {tokens}", calls=calls, tokens=counted(tokens, "token")),
        markup("*Time*\n{time}", time=duration(outcome.seconds)),
        markup(
            "*Ended because*\n{why}", why=_STOPPED.get(finished.stopped_because, finished.stopped_because)
        ),
    ]
    if outcome.holdout is not None:
        figures.append(
            markup(
                "*Test examples*\n{won} only the new prompt got right, {lost} only yours",
                won=outcome.holdout.won,
                lost=outcome.holdout.lost,
            )
        )
    return figures


def _remarks(outcome: Outcome) -> list[Markup]:
    remarks = [Markup("Files below: the prompt, the changes, the whole report.")]
    if outcome.finished.troubles:
        troubles = ", ".join(f"{name} {n:,}×" for name, n in outcome.finished.troubles[:6])
        remarks.append(markup("Troubles with the model, handled: {troubles}", troubles=troubles))
    if outcome.plot_failed:
        remarks.append(Markup("The score plot could not be drawn; report.json has its figures."))
    if outcome.models:
        remarks.append(models_line(outcome.models))
    return remarks
