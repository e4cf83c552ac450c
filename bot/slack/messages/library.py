"""Past prompts: the list that a search shows, the whole prompt in a window, similar ones in a thread."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import Block, Message, button, context, divider, message, plain, rich, section, words
from bot.slack.escaping import Markup, channel_link, join, link, markup, mention
from bot.slack.messages.figures import share
from bot.slack.messages.final import prompt_blocks
from storage.prompts import PromptRecord

SHOW = "prompts.show"
WINDOW_BYTES = 200_000
"""Size of the prompt in a window, as JSON; Slack takes 250 KB for the whole window."""
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Hit:
    """A past prompt that the asker may see; ``url`` leads to its thread, empty when unknown."""

    record: PromptRecord
    url: str = ""
    why: str = ""


def search_results(asked: str, hits: Sequence[Hit], command: str) -> Message:
    """The answer to a search, seen by the asker alone."""
    if not hits:
        text = markup(
            "Nothing found for “{asked}” among the prompts you may see. Try other words with `{command}`.",
            asked=asked[:200],
            command=command,
        )
        return message(text, [section(text)])
    title = markup("Past prompts for “{asked}”", asked=asked[:200]) if asked else Markup("Past prompts")
    blocks: list[Block] = [section(Markup(f"*{title.text}*"))]
    for hit in hits:
        blocks += [_entry(hit), divider()]
    return message(title, blocks[:-1])


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
    if hit.why:
        facts.append(markup("{why}", why=hit.why))
    text = Markup(f"{markup('*{title}*', title=record.title[:150]).text}\n{join(facts).text}")
    return section(text, button("Show", SHOW, record.id))


def _that_fits(text: str) -> str:
    """Return the longest beginning of ``text`` (in steps of a tenth) that fits into a window."""
    while len(json.dumps(text)) > WINDOW_BYTES:
        text = text[: int(min(len(text), WINDOW_BYTES) * 0.9)]
    return text


def prompt_window(record: PromptRecord) -> Block:
    """The whole prompt in a modal."""
    facts = [markup("{gain}", gain=gain(record)), mention(record.owner), Markup(age(record.created_at))]
    text = _that_fits(record.text)
    blocks: list[Block] = [
        rich({"type": "rich_text_section", "elements": [words(record.title, 300, bold=True)]}),
        context(join(facts)),
        *prompt_blocks(text, "the thread", limit=len(text)),
    ]
    hidden = len(record.text) - len(text)
    if hidden > 0:
        blocks.append(context(markup("{n} characters are not shown.", n=f"{hidden:,}")))
    return {
        "type": "modal",
        "callback_id": "prompts.window",
        "title": plain("Prompt", 24),
        "close": plain("Close", 24),
        "blocks": blocks,
    }
