"""Past prompts: the list that a search shows, the whole prompt in a window, similar ones in a thread."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    message,
    plain,
    preformatted,
    rich,
    section,
    words,
)
from bot.slack.diff import change_lines
from bot.slack.escaping import Markup, channel_link, join, link, markup, mention
from bot.slack.messages.figures import share
from bot.slack.messages.final import prompt_blocks
from bot.slack.messages.notices import SHOW
from storage.prompts import PromptRecord

PAGE_BACK, PAGE_ON = "prompts.back", "prompts.on"
REUSE, DIFF, VERSIONS, EXPORT = "prompt.reuse", "prompt.diff", "prompt.versions", "prompt.export"
ACCEPT, CHANGES = "review.accept", "review.changes"
DIFF_BEFORE, DIFF_AFTER = "diff.before", "diff.after"
EXPORT_FORM = "prompt.export.form"
_DIFF_PIECE = 2_900
WINDOW_BYTES = 200_000
"""Size of the prompt in a window, as JSON; Slack takes 250 KB for the whole window."""
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
    return context(markup("I did not understand {named}, so it narrows nothing.", named=named))


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
    if hit.why:
        facts.append(markup("{why}", why=hit.why))
    if record.status != "draft":
        facts.append(standing(record))
    text = Markup(f"{markup('*{title}*', title=record.title[:150]).text}\n{join(facts).text}")
    return section(text, button("Show", SHOW, record.id))


def _that_fits(text: str) -> str:
    """Return the longest beginning of ``text`` (in steps of a tenth) that fits into a window."""
    while len(json.dumps(text)) > WINDOW_BYTES:
        text = text[: int(min(len(text), WINDOW_BYTES) * 0.9)]
    return text


def prompt_window(record: PromptRecord, *, mine: bool = False, lineage: str = "") -> Block:
    """The whole prompt in a modal, with what can be done with it; ``mine``: the reader may change it.

    ``lineage`` names the methods that an evolving method came from.
    """
    facts = [
        markup("{gain}", gain=gain(record)),
        mention(record.owner),
        Markup(age(record.created_at)),
        standing(record),
        markup("{id}", id=record.id),
    ]
    if lineage:
        facts.append(markup("accepted on the way: {lineage}", lineage=lineage[:300]))
    text = _that_fits(record.text)
    blocks: list[Block] = [
        rich({"type": "rich_text_section", "elements": [words(record.title, 300, bold=True)]}),
        context(join(facts)),
        actions("prompt.actions", *window_buttons(record, mine=mine)),
        *prompt_blocks(text, "the thread", limit=len(text)),
    ]
    hidden = len(record.text) - len(text)
    if hidden > 0:
        blocks.append(context(markup("{n} characters are not shown.", n=f"{hidden:,}")))
    return window("Evolving method" if record.is_method else "Prompt", blocks)


def window_buttons(record: PromptRecord, *, mine: bool) -> list[Block]:
    """What a reader can do with a prompt, and more for who may change it."""
    buttons = [
        button("Use as a start", REUSE, record.id, style="primary"),
        button("What changed", DIFF, record.id),
        button("Versions", VERSIONS, record.id),
        button("Export…", EXPORT, record.id),
    ]
    if mine:
        buttons.append(button("Accept", ACCEPT, record.id))
    if mine and not record.is_method:
        buttons.append(button("Request changes…", CHANGES, record.id))
    return buttons


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


def window(title: str, blocks: Sequence[Block]) -> Block:
    """A modal that only shows something."""
    return {
        "type": "modal",
        "callback_id": "prompts.window",
        "title": plain(title, 24),
        "close": plain("Close", 24),
        "blocks": list(blocks)[:100],
    }


def versions_window(records: Sequence[PromptRecord]) -> Block:
    """All versions of a prompt that the reader may see, the newest on top."""
    blocks: list[Block] = []
    for number, record in reversed(list(enumerate(records, start=1))):
        facts = [
            markup("{gain}", gain=gain(record)),
            mention(record.owner),
            Markup(age(record.created_at)),
            standing(record),
        ]
        head = markup("*Version {n}* · {title}", n=number, title=record.title[:150])
        blocks += [section(join([head, join(facts)], "\n"), button("Show", SHOW, record.id)), divider()]
    return window("Versions", blocks[:-1][-99:] if len(blocks) > 99 else blocks[:-1])


FIRST = "first"
"""Stands for the prompt that the oldest version was made from."""


def diff_window(records: Sequence[PromptRecord], before: str, after: str, prompt_id: str) -> Block:
    """What differs between two versions; ``before`` and ``after`` are ids, or ``FIRST``."""
    shown = list(records)[-60:]
    options = [(FIRST, "The first prompt")] + [
        (record.id, f"Version {number}: {record.title}") for number, record in enumerate(shown, start=1)
    ]
    texts = {FIRST: shown[0].seed_text, **{record.id: record.text for record in shown}}
    lines = change_lines(texts[before], texts[after])
    change = _that_fits(lines)
    blocks: list[Block] = [
        actions(
            f"diff.{prompt_id}",
            _version_select(DIFF_BEFORE, options, before, "From"),
            _version_select(DIFF_AFTER, options, after, "To"),
        )
    ]
    if not change:
        blocks.append(section(Markup("The two are the same, character for character.")))
    pieces = [change[at : at + _DIFF_PIECE] for at in range(0, len(change), _DIFF_PIECE)]
    blocks += [rich(preformatted(piece, _DIFF_PIECE, "diff")) for piece in pieces[:90]]
    if len(change) < len(lines):
        blocks.append(context(Markup("The rest is not shown; export both to compare the whole.")))
    return window("What changed", blocks)


def _version_select(action: str, options: Sequence[tuple[str, str]], chosen: str, label: str) -> Block:
    entries = [{"text": plain(words, 75), "value": value} for value, words in options]
    first = next(entry for entry in entries if entry["value"] == chosen)
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(label, 150),
        "options": entries,
        "initial_option": first,
    }


EXPORTS = (
    ("markdown", "Markdown, for people"),
    ("langchain", "LangChain (JSON)"),
    ("openai", "OpenAI messages (JSON)"),
    ("promptfoo", "promptfoo (YAML, with tests)"),
)


def export_window(record: PromptRecord) -> Block:
    """Asks for the format; the file comes as a direct message."""
    options = [{"text": plain(words, 75), "value": value} for value, words in EXPORTS]
    return {
        "type": "modal",
        "callback_id": EXPORT_FORM,
        "private_metadata": record.id,
        "title": plain("Export", 24),
        "submit": plain("Send it to me", 24),
        "close": plain("Cancel", 24),
        "blocks": [
            rich({"type": "rich_text_section", "elements": [words(record.title, 300, bold=True)]}),
            {
                "type": "input",
                "block_id": "format",
                "label": plain("Format", 200),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "value",
                    "options": options,
                    "initial_option": options[0],
                },
            },
            context(Markup("The file comes to you alone, as a direct message.")),
        ],
    }
