"""Forms that were opened where the bot cannot post: they ask for another place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slack_bolt import Respond

from bot.slack.escaping import Markup, markup
from bot.slack.form_inputs import FormContext
from bot.slack.messages.notices import invite, is_direct
from bot.slack.privately import tell
from bot.slack.reception import Reception


@dataclass(frozen=True, slots=True)
class WayOut:
    """``where`` lets the form ask for a place, and ``warning`` says why."""

    where: FormContext
    warning: Markup


def told_way_out(reception: Reception, where: FormContext, respond: Respond) -> WayOut | None:
    """Return how the form goes on, and tell the asker how to invite the bot; None when it can post there."""
    way_out = _way_out_of(reception, where)
    if way_out is not None and not is_direct(where.channel):
        tell(respond, invite(where.channel, reception.who(where.team).name))
    return way_out


def _way_out_of(reception: Reception, where: FormContext) -> WayOut | None:
    if reception.members.channel(where.team, where.channel).reachable:
        return None
    if is_direct(where.channel):
        why = Markup("⚠️ I cannot post in a direct message between people.")
    else:
        bot = reception.who(where.team).name
        why = markup("⚠️ I am not in this channel yet. Type `/invite @{bot}` there to have it there.", bot=bot)
    told = Markup(f"{why.text} As it stands, your run goes where *Post the thread to* says.")
    return WayOut(replace(where, channel="", thread_ts=""), told)
