"""Short notices: what went wrong and the way out, refusals, help, the list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.background.trouble import Trouble
from bot.slack.blocks import Block, Message, actions, button, context, divider, message, section
from bot.slack.escaping import Markup, channel_link, escape, join, link, markup, mention, one_line
from bot.slack.messages.card import RETRY, stop_button
from bot.slack.messages.run_bar import run_buttons

AS_PROMPT, HELP, NEW = "optimize.as_prompt", "optimize.help", "optimize.new"
NEW_EVOLUTION = "evolve.new"
SHOW = "prompts.show"
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
    retry = [button("Try again", RETRY, run_id)] if trouble.again else []
    blocks.append(actions(f"again.{run_id}", *retry, *run_buttons(run_id)))
    return message(text, blocks)


def notice(text: Markup) -> Message:
    """One sentence on its own."""
    return message(text, [section(text)])


NOT_TOLD = "Slack did not tell me just now what you may see."
"""For a person whose view is ``unsure``: what is missing may well be there."""


def not_told() -> Message:
    """Nothing can be shown, and nobody knows whether there is something."""
    return notice(Markup(f"{NOT_TOLD} Try again in a minute."))


def narrowed(content: Message) -> Message:
    """Say below a list that it may lack something."""
    remark = Markup(f"{NOT_TOLD} What is yours is here; try again in a minute for the rest.")
    return Message(content.text, (*content.blocks, context(remark)))


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
            "or choose another place in the form.",
            channel=channel_link(channel),
            bot=bot_name,
        )
    )


def is_direct(channel: str) -> bool:
    """Whether a channel is a direct message, to which nobody can be invited."""
    return channel.startswith("D")


def between_people() -> Message:
    """The run was to be posted in a direct message of other people."""
    return notice(
        Markup(
            "I cannot post in a direct message between people. Choose your direct messages with me, or a channel."
        )
    )


def unreachable(channel: str, run_id: str, why: str, fix: str) -> Message:
    """Told to the owner when the thread of a run cannot be written to."""
    return notice(
        markup(
            "I could not post your run {run} in {channel}: {why}. Nothing was charged. {fix}",
            run=run_id,
            channel=channel_link(channel),
            why=why,
            fix=fix,
        )
    )


def not_answered(channel: str, why: str) -> Message:
    """Told to who waits for a post that Slack refused."""
    return notice(
        markup(
            "I could not post what you asked for in {channel}: {why}. Ask me in another channel, or here.",
            channel=channel_link(channel),
            why=why,
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


def not_steering(owner: str) -> Message:
    """Somebody else replied in a run's thread."""
    return notice(
        markup(
            "Your reply stays here for people to read. Only {owner} (who started this run) or an admin "
            "can steer it.",
            owner=mention(owner),
        )
    )


def changed_too_late(*, deleted: bool) -> Message:
    """Somebody changed or deleted a reply that a round has used already."""
    if deleted:
        return notice(Markup("A round had used your reply before you deleted it. What came of it stays."))
    return notice(
        Markup(
            "A round had used your reply before you changed it, with the words it had then. "
            "Reply once more if the change matters."
        )
    )


def unread_replies(n: int) -> Message:
    """Told at the end of a run that replies came when no round was left to read them."""
    which = "your last reply" if n == 1 else f"your last {n:,} replies"
    return notice(markup("No round was left to read {which}. Nothing of it is in the result.", which=which))


def ended_unread() -> Message:
    """Somebody changed a reply that no round has read before the end of the run."""
    return notice(
        Markup("This run ended before it read your reply. Reply once more to start another round with it.")
    )


def kept_as_first_said(error: str) -> Message:
    """A reply was changed into something that cannot be used."""
    return notice(markup("❌ {error} The run keeps what you said first.", error=error))


def help_text(command: str, search_command: str, evolve_command: str) -> Message:
    """What the commands do."""
    lines = (
        "*Improve a prompt with your own examples*",
        "`{command}` opens the form; `{command} your prompt …` opens it with the prompt filled in. "
        "`{command} demo` fills in a small task of ours.",
        "`{command} status` lists your runs, `{command} history` those that have ended. `{command} stop` stops "
        "yours; with several, `{command} stop r-…` says which. So does ❌ on a run's first message.",
        "Or mention me with a prompt and a file of examples, or use *Optimise this prompt* in a message's menu.",
        "`{search} words` finds prompts that were improved before; `{search} help` says what else it does.",
        "`{evolve}` evolves a set of instructions, or one structured prompt; `{evolve} help` says more.",
        "A reply in a run's thread steers its next round.",
        "You need a prompt and at least 20 examples with the right answer (CSV, TSV, JSON, JSONL or XLSX). "
        "Half of them are kept aside, and the result is tested on those.",
    )
    text = markup("\n".join(lines), command=command, search=search_command, evolve=evolve_command)
    return message(Markup("How to improve a prompt"), [section(text)])


def evolve_help(command: str, optimize_command: str) -> Message:
    """What the command for evolution does."""
    lines = (
        "*Evolve instructions, or one prompt*",
        "`{command}` opens the form for a set of instructions: I look for the method that rewrites them into harder "
        "ones with the fewest failures, test it on instructions that the search never saw, and apply it to all rows.",
        "You get the data for Alpaca and OpenAI tools (JSONL and Parquet), the method, and a report of what failed.",
        "`{command} your prompt …` evolves one structured prompt instead, judged on examples of its inputs.",
        "`{command} demo` fills in a few instructions of ours. `status`, `history` and `stop` work as with `{other}`.",
        "A reply in a run's thread steers its next step.",
    )
    text = markup("\n".join(lines), command=command, other=optimize_command)
    return message(Markup("How to evolve instructions"), [section(text)])


def prompts_help(command: str) -> Message:
    """What the command for past prompts does."""
    lines = (
        "*Past prompts, as far as you may see them*",
        "`{command} words` or `{command} search words` finds them by their words and by what they are like.",
        "`owner:me`, `owner:@name`, `since:30d`, `gain>10`, `status:accepted`, `channel:#name` and "
        "`channel:here` narrow a search.",
        "`{command} show p-…` opens one. `{command} history p-…` lists its versions, with who accepted which.",
        "`{command} diff p-…` compares it with the first prompt, `{command} diff p-… p-…` with another one.",
        "`{command} export p-… markdown` (or langchain, openai, promptfoo) sends it to you as a file; "
        "`{command} export` sends all of them as a table.",
    )
    return message(
        Markup("What can be done with past prompts"), [section(markup("\n".join(lines), command=command))]
    )


def which_word(word: str) -> Message:
    """One word that is no sub-command may be a slip, so it is not taken for a prompt unasked."""
    text = markup("`{word}` is none of my words.", word=word)
    return message(
        text,
        [
            section(text),
            actions(
                "which.word",
                button("Use it as a prompt", AS_PROMPT, word),
                button("Show what I can do", HELP, "help"),
            ),
        ],
    )


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the list that ``status`` shows."""

    run_id: str
    title: str
    status: str
    channel: str
    url: str
    running: bool
    gain: str = ""
    prompt_id: str = ""
    age: str = ""
    wish: str = ""
    """What people want changed of a run that left no prompt: the last thing that was said."""


def status_list(lines: Sequence[RunLine], command: str) -> Message:
    """The asker's recent runs."""
    if not lines:
        return notice(markup("You have no runs yet. `{command}` starts one.", command=command))
    return run_list("Your runs", lines, command)


def run_list(title: str, lines: Sequence[RunLine], command: str) -> Message:
    """Runs, one below the other."""
    if not lines:
        return notice(markup("There are none yet. `{command}` starts one.", command=command))
    blocks: list[Block] = [section(markup("*{title}*", title=title))]
    for line in lines[:10]:
        blocks += [section(line_text(line), line_button(line)), divider()]
    return message(markup("{title}", title=title), blocks[:-1])


def line_text(line: RunLine) -> Markup:
    """One run in words."""
    run, status = Markup(escape(line.run_id, 60)), Markup(escape(line.status, 60))
    facts = [markup("*{run}* {status}", run=run, status=status), channel_link(line.channel)]
    if line.age:
        facts.append(Markup(escape(line.age, 60)))
    if line.url:
        facts.append(link(line.url, "open the thread"))
    words = [join(facts), Markup(escape(line.title, 300))]
    if line.gain:
        words.append(Markup(escape(line.gain, 200)))
    if line.wish:
        words.append(Markup(f"💬 “{escape(one_line(line.wish, 200), 300)}”"))
    return join(words, "\n")


def line_button(line: RunLine) -> Block | None:
    """What can be done with a run from a list."""
    if line.running:
        return stop_button(line.run_id)
    return button("Show", SHOW, line.prompt_id) if line.prompt_id else None
