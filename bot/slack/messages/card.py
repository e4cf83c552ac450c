"""The one message of a run that is edited: what it shows, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    confirm,
    context,
    fields,
    header,
    message,
    section,
)
from bot.slack.escaping import Markup, join, link, markup, mention
from bot.slack.messages.figures import bar, duration, money, share
from optimizer.counted import counted

Stage = Literal["queued", "reading", "running", "paused", "done", "cancelled", "failed"]
STOP = "opt.stop"
RETRY = "opt.retry"

_HEADERS: dict[Stage, str] = {
    "queued": "⏳ Queued",
    "reading": "⏳ Reading your data",
    "running": "",  # in the words of the kind of run
    "paused": "⏸ Paused, goes on after a restart",
    "done": "✅ Done",
    "cancelled": "⏹ Stopped",
    "failed": "❌ Could not finish",
}
_FINISHED: frozenset[Stage] = frozenset({"done", "cancelled", "failed"})


@dataclass(frozen=True, slots=True)
class CardWords:
    """How a kind of run speaks of itself: what it does, what it goes by, what its figure is."""

    running: str = "🔎 Optimising"
    subject: str = "Prompt"
    material: str = "Examples"
    round: str = "round"
    figure: str = "best"
    stopped: str = "You get the best prompt found so far. What was paid stays paid."


OPTIMISING = CardWords()
EVOLVING = CardWords(
    running="🌱 Evolving",
    subject="What",
    material="Data",
    round="step",
    figure="failure rate",
    stopped="You get the best method found so far and the rows evolved so far. What was paid stays paid.",
)


@dataclass(frozen=True, slots=True)
class RunCard:
    """The state of a run as its thread's first message shows it. Scores and ``fraction`` are 0..1."""

    run_id: str
    owner: str
    title: str
    preset: str
    files: str
    words: CardWords = OPTIMISING
    stage: Stage = "queued"
    headline: str = ""
    """Replaces the stage's own words in the title line."""
    examples: int = 0
    metric: str = ""
    models: tuple[str, ...] = ()
    round: int = 0
    rounds: int = 0
    start: float | None = None
    best: float | None = None
    fraction: float = 0.0
    calls: int = 0
    forecast_calls: int = 0
    cost: float | None = None
    priced: bool = False
    seconds: float = 0.0
    seconds_left: float | None = None
    doing: str = ""
    stopping: bool = False
    result_link: str = ""
    again: bool = True
    """Whether trying again can mend a run that failed."""


_METRICS = {
    "label": "the right label",
    "exact": "exactly the expected text",
    "normalised": "the expected text, ignoring case and spaces",
    "contains": "the expected text somewhere in the answer",
    "macro-f1": "the right label, rare labels counting as much (macro-F1)",
    "multi-label": "the right set of labels (F1)",
    "numeric": "the right number",
    "json": "the right JSON fields",
    "judge": "what a judging model finds good",
    "pairwise": "being better than the first prompt's answer, to a judging model",
}


def metric_words(name: str) -> str:
    """Say in plain words what a metric counts as right."""
    return _METRICS.get(name, name)


def is_simulated(model: str) -> bool:
    """Tell whether a model's name says that it is a simulation."""
    return "simulat" in model.lower()


def draw_card(card: RunCard) -> Message:
    """Draw the run's first message."""
    title = card.headline or _HEADERS[card.stage] or card.words.running
    blocks: list[Block] = [header(title), fields(_facts(card))]
    line = progress_line(card)
    if line.text:
        blocks.append(section(line))
    remarks = _remarks(card)
    if remarks:
        blocks.append(context(*remarks))
    buttons = _buttons(card)
    if buttons:
        blocks.append(actions(f"run.{card.run_id}", *buttons))
    return message(markup("{title} · {run}: {what}", title=title, run=card.run_id, what=card.title), blocks)


def _facts(card: RunCard) -> list[Markup]:
    examples = f"{counted(card.examples, 'row')} from {card.files}" if card.examples else card.files
    facts = [
        markup("*{subject}*\n{title}", subject=card.words.subject, title=card.title),
        markup("*Asked by*\n{owner}", owner=mention(card.owner)),
        markup("*{material}*\n{examples}", material=card.words.material, examples=examples),
        markup("*Effort*\n{preset}", preset=card.preset.capitalize()),
    ]
    if card.metric:
        facts.append(markup("*Judged by*\n{metric}", metric=metric_words(card.metric)))
    return facts


def progress_line(card: RunCard) -> Markup:
    """How far the run is and what it has taken, in one line; empty before it begins."""
    if card.stage in ("queued", "reading"):
        return Markup("")
    parts: list[Markup] = []
    if card.stage in ("running", "paused"):
        parts.append(markup("{bar} {share}", bar=bar(card.fraction), share=f"{card.fraction * 100:.0f} %"))
    if card.rounds and card.stage not in _FINISHED:
        parts.append(markup("{unit} {n} of {of}", unit=card.words.round, n=card.round, of=card.rounds))
    if card.best is not None and card.start is not None and card.stage not in _FINISHED:
        figure = "{figure} *{best}* (start {start})"
        parts.append(markup(figure, figure=card.words.figure, best=share(card.best), start=share(card.start)))
    parts.append(_calls(card))
    if card.priced:
        parts.append(markup("{money}", money=money(card.cost)))
    if card.stage in _FINISHED:
        parts.append(markup("took {time}", time=duration(card.seconds)))
    elif card.seconds_left is not None:
        parts.append(markup("about {time} left", time=duration(card.seconds_left)))
    return join(parts)


def _calls(card: RunCard) -> Markup:
    if card.stage in _FINISHED or not card.forecast_calls:
        return markup("{calls}", calls=counted(card.calls, "model call"))
    return markup("{calls} of at most {all} calls", calls=f"{card.calls:,}", all=f"{card.forecast_calls:,}")


def _remarks(card: RunCard) -> list[Markup]:
    remarks: list[Markup] = []
    if card.stopping and card.stage not in _FINISHED:
        remarks.append(Markup("Stopping: finishing the calls that are under way."))
    elif card.doing and card.stage in ("running", "queued"):
        remarks.append(markup("Now: {doing}", doing=card.doing))
    if card.result_link:
        remarks.append(link(card.result_link, "Go to the result"))
    if card.models:
        remarks.append(models_line(card.models))
    remarks.append(markup("Run {run}", run=card.run_id))
    return remarks


def models_line(models: tuple[str, ...]) -> Markup:
    """The models' names, with a plain warning when they are simulated."""
    names = tuple(dict.fromkeys(models))
    if not all(map(is_simulated, names)):
        return markup("{models}", models=", ".join(names))
    return markup("{models}: simulated model, not a real one", models=", ".join(names))


def _buttons(card: RunCard) -> list[Block]:
    if card.stage == "failed":
        return [button("Try again", RETRY, card.run_id)] if card.again else []
    if card.stage in _FINISHED or card.stopping:
        return []
    return [stop_button(card.run_id, card.words.stopped)]


def stop_button(
    run_id: str, stopped: str = "You get the best found so far. What was paid stays paid."
) -> Block:
    """The button that stops a run, which asks once more; ``stopped`` says what one gets then."""
    question = confirm("Stop this run?", stopped, "Stop", "Go on")
    return button("Stop", STOP, run_id, style="danger", confirm=question)
