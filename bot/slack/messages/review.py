"""What people can do with a result: decide about it, see how it came about, take it along."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    confirm,
    context,
    form,
    message,
    paragraph,
    plain,
    quote,
    rich,
    section,
    words,
)
from bot.slack.escaping import Markup, channel_link, join, markup, mention
from bot.slack.form_inputs import channel_choice, field, text_area
from bot.slack.messages.final import prompt_blocks
from bot.slack.messages.prompt_windows import ACCEPT, CHANGES, DIFF, EXPORT, VERSIONS
from bot.slack.messages.run_bar import RUN_AGAIN, vote_buttons

AGAIN, JUST_SAVE = "wish.again", "wish.save"
EVOLVE_FURTHER = "prompt.evolve"
REJECT, VOTE, MORE = "review.reject", "review.vote", "review.more"
CHANGES_FORM, SHARE_FORM, DELETE_FORM = "review.changes.form", "share.form", "delete.form"
SHARE_YES, SHARE_NO = "share.yes", "share.no"


def another_round_offer(draft_id: str, wish: str) -> Message:
    """Asked when somebody replies after the end of a run."""
    text = Markup(
        "*This run has ended. Shall I go on with what you say?* Up to two more rounds, then "
        "a test on the same held-out examples, which has to be stricter the second time."
    )
    blocks: list[Block] = [
        section(text),
        rich(quote(wish, 400)),
        actions(
            f"wish.{draft_id}",
            button("Start another round", AGAIN, draft_id, style="primary"),
            button("Just save it", JUST_SAVE, draft_id),
        ),
    ]
    return message(Markup("This run has ended. Shall I go on with what you say?"), blocks)


def no_round_offer(draft_id: str, wish: str, run_id: str) -> Message:
    """Asked when somebody replies after the end of a run that cannot go on."""
    text = Markup("*This run cannot go on after its end.* Shall I keep your words with it?")
    blocks: list[Block] = [
        section(text),
        rich(quote(wish, 400)),
        actions(
            f"wish.{draft_id}",
            button("Run again…", RUN_AGAIN, run_id),
            button("Just save it", JUST_SAVE, draft_id),
        ),
    ]
    return message(Markup("This run has ended. Shall I keep what you say?"), blocks)


def saved(said: str) -> Message:
    """What became of an offer."""
    text = Markup(f"✓ {said}")
    return message(text, [context(text)])


def review_bar(prompt_id: str, run_id: str, status: Markup | None = None) -> list[Block]:
    """The buttons below a result, and where it stands; ``run_id`` is what "run again" starts from."""
    blocks: list[Block] = []
    if status is not None:
        blocks.append(context(status) | {"block_id": f"standing.{prompt_id}"})
    sure = confirm("Reject this prompt?", "It stays findable, marked as rejected.", "Reject", "Keep")
    blocks.append(
        actions(
            f"review.{prompt_id}",
            button("Accept", ACCEPT, prompt_id, style="primary"),
            button("Request changes…", CHANGES, prompt_id),
            button("Reject", REJECT, prompt_id, confirm=sure),
            button("Evolve further…", EVOLVE_FURTHER, prompt_id),
            button("What changed", DIFF, prompt_id),
            button("Versions", VERSIONS, prompt_id),
            button("Export…", EXPORT, prompt_id),
            _more(prompt_id, run_id),
        )
    )
    blocks.append(vote_buttons(f"votes.{prompt_id}", VOTE, prompt_id, "prompt"))
    return blocks


def _more(prompt_id: str, run_id: str) -> Block:
    entries = (
        ("Run again on new data…", f"again {run_id}"),
        ("Use as a start…", f"reuse {prompt_id}"),
        ("Share in a channel…", f"share {prompt_id}"),
        ("Who can find it…", f"privacy {prompt_id}"),
        ("Delete…", f"delete {run_id}"),
    )
    options = [{"text": plain(name, 75), "value": value} for name, value in entries]
    return {"type": "overflow", "action_id": MORE, "options": options}


def with_standing(blocks: Sequence[Block], prompt_id: str, status: Markup) -> list[Block]:
    """The blocks of a posted result, with its new standing above the buttons."""
    name = f"standing.{prompt_id}"
    kept = [block for block in blocks if block.get("block_id") != name]
    at = next(
        (number for number, block in enumerate(kept) if block.get("block_id") == f"review.{prompt_id}"),
        len(kept),
    )
    kept.insert(at, context(status) | {"block_id": name})
    return kept


def decided(status: Markup) -> Message:
    """The reply in the thread when somebody has decided."""
    return message(status, [section(status)])


def changes_form(record_id: str, title: str) -> Block:
    """Asks what is to change."""
    return form(
        CHANGES_FORM,
        record_id,
        "Request changes",
        "Start another round",
        [
            rich(paragraph(words(title, 300, bold=True))),
            field(
                "wish",
                "What should change?",
                text_area("It should also look at …"),
                "Your words are the first reason that the next round looks at. It runs on the same examples, "
                "up to two rounds, and is tested again.",
                optional=False,
            ),
        ],
    )


def share_form(record_id: str, title: str, *, mine: bool, hidden: bool) -> Block:
    """Asks where to, and tells who will see it; what is somebody else's is shared after their yes."""
    warning = (
        Markup(
            "⚠️ So far only some people can see this prompt. *Everyone in the channel you choose will see it.*"
        )
        if hidden
        else Markup("Everyone in the channel you choose will see the prompt.")
    )
    if not mine:
        warning = join([warning, Markup("Its owner is asked first.")], "\n")
    chooser = channel_choice(needed=True)
    return form(
        SHARE_FORM,
        record_id,
        "Share a prompt",
        "Share it" if mine else "Ask the owner",
        [rich(paragraph(words(title, 300, bold=True))), section(warning), chooser],
    )


def delete_form(run_id: str, title: str) -> Block:
    """Asks once more before a run and its prompt are gone."""
    text = markup(
        "This deletes run {run}, its prompts, examples and history here, and the files that I posted for it. "
        "The messages stay until you delete them in Slack.",
        run=run_id,
    )
    return form(
        DELETE_FORM,
        run_id,
        "Delete a run",
        "Delete it",
        [rich(paragraph(words(title, 300, bold=True))), section(text)],
    )


def share_question(draft_id: str, asker: str, channel: str, title: str) -> Message:
    """Asked of the owner in direct messages."""
    text = markup(
        "{asker} would like to share your prompt “{title}” in {channel}. Everyone there would see it.",
        asker=mention(asker),
        title=title[:150],
        channel=channel_link(channel),
    )
    buttons = (
        button("Share it", SHARE_YES, draft_id, style="primary"),
        button("Keep it to myself", SHARE_NO, draft_id),
    )
    return message(text, [section(text), actions(f"share.{draft_id}", *buttons)])


def shared_prompt(title: str, owner: str, text: str, gain: str) -> Message:
    """A prompt as it is shown in another channel."""
    head = markup("*{title}* · by {owner} · {gain}", title=title[:150], owner=mention(owner), gain=gain)
    return message(head, [section(head), *prompt_blocks(text, "prompt.txt in this thread")])
