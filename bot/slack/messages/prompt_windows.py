"""Windows about a past prompt: the whole of it, its versions, what changed between two of them, its export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    plain,
    preformatted,
    quote,
    rich,
    section,
    window,
    words,
)
from bot.slack.diff import change_lines
from bot.slack.escaping import Markup, join, markup, mention
from bot.slack.messages.final import prompt_blocks
from bot.slack.messages.library import age, gain, standing
from bot.slack.messages.notices import SHOW
from bot.slack.messages.privacy import PRIVACY, can_change_hands, privacy_words
from storage.prompts import PromptRecord
from storage.reviews import Review, Votes

REUSE, DIFF, VERSIONS, EXPORT = "prompt.reuse", "prompt.diff", "prompt.versions", "prompt.export"
ACCEPT, CHANGES = "review.accept", "review.changes"
DIFF_BEFORE, DIFF_AFTER = "diff.before", "diff.after"
EXPORT_FORM = "prompt.export.form"
_DIFF_PIECE = 2_900
_MOST_WISHES = 5
WINDOW_BYTES = 200_000
"""Size of the prompt in a window, as JSON; Slack takes 250 KB for the whole window."""


def _that_fits(text: str) -> str:
    """Return the longest beginning of ``text`` (in steps of a tenth) that fits into a window."""
    while len(json.dumps(text)) > WINDOW_BYTES:
        text = text[: int(min(len(text), WINDOW_BYTES) * 0.9)]
    return text


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is known of a prompt beside itself: where an evolving method came from, and what people said."""

    lineage: str = ""
    """The ids of the methods that it came from."""
    wishes: tuple[Review, ...] = ()
    votes: Votes | None = None


def prompt_window(record: PromptRecord, remarks: Remarks | None = None, *, mine: bool = False) -> Block:
    """The whole prompt in a modal, with what can be done with it; ``mine``: the reader may change it."""
    told = remarks or Remarks()
    facts = [
        markup("{gain}", gain=gain(record)),
        mention(record.owner),
        Markup(age(record.created_at)),
        standing(record),
        markup("{id}", id=record.id),
    ]
    if record.only_me:
        facts.append(Markup("🔒 only its owner can find it"))
    if told.votes is not None and (told.votes.up or told.votes.down):
        facts.append(markup("👍 {up} · 👎 {down}", up=told.votes.up, down=told.votes.down))
    if told.lineage:
        facts.append(markup("accepted on the way: {lineage}", lineage=told.lineage[:300]))
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
    blocks += _wish_blocks(told.wishes)
    return window("Evolving method" if record.is_method else "Prompt", blocks)


def _wish_blocks(wishes: Sequence[Review]) -> list[Block]:
    """What people want changed, the newest ones in whole."""
    if not wishes:
        return []
    blocks: list[Block] = [section(Markup("*What people want changed*"))]
    for wish in wishes[-_MOST_WISHES:]:
        blocks += [
            context(join([mention(wish.reviewer), Markup(age(wish.at))])),
            rich(quote(wish.text, 1_000)),
        ]
    earlier = len(wishes) - _MOST_WISHES
    if earlier > 0:
        blocks.append(context(markup("… and {n} earlier ones.", n=earlier)))
    return blocks


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
    if mine and can_change_hands(record):
        buttons.append(button(privacy_words(record), PRIVACY, record.id))
    return buttons


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
