"""Short notices: what went wrong and the way out, refusals, help, the list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.background.trouble import Trouble
from bot.slack.blocks import Block, Message, actions, button, context, divider, message, section
from bot.slack.escaping import Markup, channel_link, join, link, markup, mention
from bot.slack.messages.card import RETRY, STOP

NOTHING_CHARGED = "Nothing was charged."


def failure(trouble: Trouble, run_id: str, *, charged: bool) -> Message:
    """The reply in the thread of a run that could not go on."""
    text = markup("❌ {message}", message=trouble.message)
    blocks: list[Block] = [section(text)]
    if trouble.fix:
        blocks.append(section(markup("*The way out:* {fix}", fix=trouble.fix)))
    remarks = [markup("Reference {ref}", ref=trouble.reference)]
    if not charged:
        remarks.insert(0, Markup(NOTHING_CHARGED))
    blocks.append(context(*remarks))
    if trouble.again:
        blocks.append(actions(f"again.{run_id}", button("Try again", RETRY, run_id)))
    return message(text, blocks)


def notice(text: Markup) -> Message:
    """One sentence on its own."""
    return message(text, [section(text)])


def apology(trouble: Trouble) -> Message:
    """A listener could not do what was asked."""
    return notice(
        markup(
            "❌ {message} {fix} (reference {ref})",
            message=trouble.message,
            fix=trouble.fix,
            ref=trouble.reference,
        )
    )


def invite(channel: str, bot_name: str) -> Message:
    """The bot is not in the channel where it was asked."""
    return notice(
        markup(
            "I am not in {channel} yet, so I could not post the result there. Type `/invite @{bot}` here, "
            "then start again — or send me the command in a direct message.",
            channel=channel_link(channel),
            bot=bot_name,
        )
    )


def unreachable(channel: str, run_id: str, bot_name: str, why: str) -> Message:
    """Told to the owner when the thread of a run cannot be written to."""
    return notice(
        markup(
            "I could not post your run {run} in {channel}: {why}. Nothing was charged. "
            "Type `/invite @{bot}` there and start again.",
            run=run_id,
            channel=channel_link(channel),
            why=why,
            bot=bot_name,
        )
    )


def moved_here(channel: str, why: str) -> Message:
    """Told to the owner when a run's thread goes on in direct messages."""
    return notice(
        markup(
            "I can no longer write in {channel}: {why}. Your run goes on, and the rest of it comes here.",
            channel=channel_link(channel),
            why=why,
        )
    )


def not_allowed(owner: str) -> Message:
    """Somebody pressed a button that belongs to the owner."""
    return notice(markup("Only {owner} (who started it) or an admin can do that.", owner=mention(owner)))


def help_text(command: str, search_command: str) -> Message:
    """What the commands do."""
    lines = (
        "*Improve a prompt with your own examples*",
        "`{command}` opens the form. `{command} your prompt …` opens it with the prompt filled in.",
        "`{command} status` lists your runs. `{command} stop` stops yours; "
        "with several, `{command} stop r-…` says which.",
        "`{search} words` finds prompts that were improved before.",
        "You need a prompt and at least 20 examples with the right answer (CSV, TSV, JSON, JSONL or XLSX). "
        "Half of them are kept aside, and the result is tested on those.",
    )
    text = markup("\n".join(lines), command=command, search=search_command)
    return message(Markup("How to improve a prompt"), [section(text)])


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the list that ``status`` shows."""

    run_id: str
    title: str
    status: str
    channel: str
    url: str
    running: bool


def status_list(lines: Sequence[RunLine], command: str) -> Message:
    """The asker's recent runs."""
    if not lines:
        return notice(markup("You have no runs yet. `{command}` starts one.", command=command))
    blocks: list[Block] = []
    for line in lines[:10]:
        facts = [markup("*{run}* {status}", run=line.run_id, status=line.status), channel_link(line.channel)]
        if line.url:
            facts.append(link(line.url, "open the thread"))
        text = Markup(f"{join(facts).text}\n{markup('{title}', title=line.title).text}")
        stop = button("Stop", STOP, line.run_id, style="danger") if line.running else None
        blocks += [section(text, stop), divider()]
    return message(Markup("Your runs"), blocks[:-1])
