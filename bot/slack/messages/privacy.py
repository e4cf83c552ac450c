"""Who can find a past prompt: asked before it changes, with what the change cannot take back."""

from __future__ import annotations

from bot.slack.blocks import Block, bullets, form, paragraph, rich, section, window, words
from bot.slack.escaping import Markup, channel_link, markup
from storage.prompts import PromptRecord

PRIVACY, PRIVACY_FORM = "prompt.privacy", "prompt.privacy.form"
CLOSE, OPEN = "close", "open"
TITLE = "Who can find it"
_STAYS = (
    "the thread of the run, its messages and files: delete them in Slack if they must go",
    "what was shared in other channels, and files that people had sent to them",
    "runs that others started from it, and what other runs were told of it",
)


def can_change_hands(record: PromptRecord) -> bool:
    """Whether a prompt was made where others could find it: what was made in direct messages is its owner's alone."""
    return record.place.kind in ("public", "private")


def privacy_words(record: PromptRecord) -> str:
    """What the button that opens the form says."""
    return "Show to others…" if record.only_me else "Make private…"


def privacy_form(record: PromptRecord, *, mine: bool) -> Block:
    """Ask before a prompt is kept for its owner, or shown to those of its channel again.

    ``mine``: the owner is asked, no admin.
    """
    who = "you" if mine else "its owner"
    title = rich(paragraph(words(record.title, 300, bold=True)))
    about = f"{OPEN if record.only_me else CLOSE} {record.id}"
    if not can_change_hands(record):
        return window(
            TITLE,
            [title, section(markup("It was made in direct messages: only {who} can find it.", who=who))],
        )
    if record.only_me:
        text = markup(
            "So far only {who} can find it. With this {readers} can find it again, with its run and all its versions: "
            "in searches, in lists, as a similar prompt, and what its run learned may be told to other runs.",
            who=who,
            readers=_readers(record),
        )
        return form(PRIVACY_FORM, about, TITLE, "Show it to them", [title, section(text)])
    asked = markup(
        "*From then on only {who} can find it*, with its run and all its versions: not in searches and "
        "lists of others, not as a similar prompt, and what its run learned is told to no other run.",
        who=who,
    )
    left = markup("*What I cannot take back:*")
    return form(
        PRIVACY_FORM,
        about,
        TITLE,
        "Make it private",
        [title, section(asked), section(left), rich(bullets(_STAYS))],
    )


def privacy_changed(record: PromptRecord, *, only_me: bool, mine: bool) -> Block:
    """What has come of it."""
    if only_me:
        text = markup(
            "🔒 Only {who} can find it now. Its thread in {channel} stays for those who can read it there.",
            who="you" if mine else "its owner",
            channel=channel_link(record.place.channel),
        )
    else:
        text = markup("✓ Now {readers} can find it.", readers=_readers(record))
    return window(TITLE, [section(text)])


def _readers(record: PromptRecord) -> Markup:
    channel = channel_link(record.place.channel)
    if record.place.kind == "public":
        return markup("everyone in the workspace, and guests who are in {channel},", channel=channel)
    return markup("the members of {channel}", channel=channel)
