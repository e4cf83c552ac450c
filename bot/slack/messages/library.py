"""Past prompts in a list: what a search shows, similar ones in a thread, and how one is described in a line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, Message, actions, button, context, divider, message, section
from bot.slack.escaping import Markup, channel_link, join, link, markup, mention
from bot.slack.messages.figures import share
from bot.slack.messages.notices import SHOW
from storage.prompts import PromptRecord

PAGE_BACK, PAGE_ON = "prompts.back", "prompts.on"
_HERE = ("channel:here", "channel:#here")
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Hit:
    """A past prompt that the asker may see; ``url`` leads to its thread, empty when unknown."""

    record: PromptRecord
    url: str = ""
    why: str = ""


def search_results(
    asked: str,
    hits: Sequence[Hit],
    command: str,
    *,
    page: int = 0,
    more: bool = False,
    unknown: Sequence[str] = (),
) -> Message:
    """The answer to a search, seen by the asker alone; ``page`` counts from 0.

    ``unknown`` are conditions that were not understood.
    """
    remarks = [_not_understood(unknown)] if unknown else []
    if not hits and not asked.strip():
        text = markup(
            "There are no past prompts that you may see yet. `{command} help` says more.", command=command
        )
        return message(text, [section(text)])
    if not hits:
        text = markup(
            "Nothing found for “{asked}” among the prompts you may see. Try other words with `{command}`.",
            asked=asked[:200],
            command=command,
        )
        return message(text, [section(text), *remarks])
    title = markup("Past prompts for “{asked}”", asked=asked[:200]) if asked else Markup("Past prompts")
    blocks: list[Block] = [section(Markup(f"*{title.text}*")), *remarks]
    for hit in hits:
        blocks += [_entry(hit), divider()]
    turns = _page_buttons(asked, page, more)
    if turns:
        blocks.append(actions(f"page.{page}", *turns))
    return message(title, blocks if turns else blocks[:-1])


def _not_understood(conditions: Sequence[str]) -> Block:
    named = ", ".join(conditions)[:300]
    text = markup("I did not understand {named}, so it narrows nothing.", named=named)
    if any(one.lower() in _HERE for one in conditions):
        return context(text, Markup("*here* is where a command is typed; in a window, choose the channel."))
    return context(text)


def _page_buttons(asked: str, page: int, more: bool) -> list[Block]:
    """``value`` holds the page and the words; the hits are looked up anew for whoever presses."""
    words = asked[:1_500]
    buttons = []
    if page > 0:
        buttons.append(button("‹ Back", PAGE_BACK, f"{page - 1} {words}"))
    if more:
        buttons.append(button("More ›", PAGE_ON, f"{page + 1} {words}"))
    return buttons


def similar_prompts(hits: Sequence[Hit]) -> Message:
    """Past prompts close to the one that is being improved."""
    text = Markup("*Similar prompts from before*")
    return message(Markup("Similar prompts from before"), [section(text), *(_entry(hit) for hit in hits)])


def gain(record: PromptRecord) -> str:
    """What the run achieved, honestly."""
    if record.seed_score is None or record.final_score is None:
        return record.verdict
    if record.verdict == "better":
        return f"{share(record.seed_score)} → {share(record.final_score)} on {record.holdout_n} held-out examples"
    return f"no improvement shown ({share(record.seed_score)} on {record.holdout_n} held-out examples)"


def age(created_at: float, now: float | None = None) -> str:
    """``today``, ``3 days ago``."""
    days = int(((time.time() if now is None else now) - created_at) // _DAY)
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"


def _entry(hit: Hit) -> Block:
    record = hit.record
    facts = [markup("{gain}", gain=gain(record)), mention(record.owner), Markup(age(record.created_at))]
    if record.place.channel:
        facts.append(channel_link(record.place.channel))
    if hit.url:
        facts.append(link(hit.url, "open the thread"))
    why = hit.why.removesuffix("; accepted")  # its standing says so, with who and when
    if why:
        facts.append(markup("{why}", why=why))
    if record.status != "draft":
        facts.append(standing(record))
    text = Markup(f"{markup('*{title}*', title=record.title[:150]).text}\n{join(facts).text}")
    return section(text, button("Show", SHOW, record.id))


def standing(record: PromptRecord) -> Markup:
    """The status of a prompt, with who gave it and when."""
    if record.status == "draft" or record.status_at is None:
        return Markup("nobody decided yet")
    return markup(
        "*{status}* by {who} {when}",
        status=record.status,
        who=mention(record.status_by),
        when=age(record.status_at),
    )
