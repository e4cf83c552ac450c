"""What earlier runs learned: offered in the form, and told in the thread of the run that was told it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, Message, context, message, plain, quote, rich, section
from bot.slack.escaping import Markup, join, link, markup, mention
from bot.slack.form_inputs import VALUE, field
from bot.slack.messages.figures import points

LESSONS, LEARN = "lessons", "learn"
_SHOWN = 3
_LONGEST = 900


@dataclass(frozen=True, slots=True)
class Source:
    """An earlier run that learned something; ``url`` leads to its thread, empty when unknown."""

    title: str
    owner: str
    gain: float
    url: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """``n`` earlier runs that a new one may learn from, and some of them; ``alike`` to the prompt that is given."""

    n: int
    sources: tuple[Source, ...]
    alike: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One lesson that a run was told; without a ``source`` its readers may not see it any more."""

    text: str
    source: Source | None


def lessons_choice(offer: Offer, *, ticked: bool) -> list[Block]:
    """The box in the form, and which runs it is about."""
    option = {"text": plain(f"Start from what earlier runs learned ({offer.n:,})", 75), "value": LEARN}
    box: Block = {"type": "checkboxes", "action_id": VALUE, "options": [option]}
    if ticked:
        box["initial_options"] = [option]
    which = (
        "Its first round also tries what was learned there:"
        if offer.alike
        else f"Its first round also tries what was learned on the tasks most like yours, {_SHOWN} at most:"
    )
    named = [_source(source) for source in offer.sources[:_SHOWN]]
    if offer.n > len(named):
        named.append(markup("… and {n} more", n=offer.n - len(named)))
    return [
        field(LESSONS, "What earlier runs learned", box),
        context(join([Markup(which), *named], "\n")),
        context(
            Markup("The run's thread quotes what it was told: only what all who read that thread may see.")
        ),
    ]


def lessons_told(told: Sequence[Told]) -> Message:
    """The reply in the thread that says which lessons the run starts from."""
    if not told:
        text = Markup(
            "No earlier run learned anything on a task like this that everybody here may see, "
            "so this one starts without."
        )
        return message(text, [context(text)])
    blocks: list[Block] = [section(Markup("*This run starts from what earlier ones learned*"))]
    for one in told:
        if one.source is None:
            blocks.append(context(Markup("A lesson of a run that is not for everybody here any more.")))
        else:
            blocks += [section(_source(one.source)), rich(quote(one.text, _LONGEST))]
    return message(Markup("This run starts from what earlier ones learned"), blocks)


def _source(source: Source) -> Markup:
    facts = [
        markup("*{title}*", title=source.title[:150]),
        Markup(points(source.gain)),
        mention(source.owner),
    ]
    if source.url:
        facts.append(link(source.url, "open the thread"))
    return join(facts)
