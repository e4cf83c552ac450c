"""Forms that were opened where the bot cannot post: they ask for another place, the asker's own messages first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.slack.doors import Asker
from bot.slack.escaping import Markup, markup
from bot.slack.form_inputs import FormContext
from bot.slack.messages.notices import is_direct
from bot.slack.reception import Reception


@dataclass(frozen=True, slots=True)
class WayOut:
    """``where`` lets the form ask for a place, ``direct`` is chosen at first, and ``warning`` says why."""

    where: FormContext
    direct: str
    warning: Markup


def way_out_of(reception: Reception, asker: Asker, where: FormContext) -> WayOut | None:
    """Return how the form goes on; None when the bot can post where it was opened."""
    if reception.members.channel(where.team, where.channel).reachable:
        return None
    if is_direct(where.channel):
        why = Markup("⚠️ I cannot post in a direct message between people.")
    else:
        bot = reception.who(where.team).name
        why = markup("⚠️ I am not in this channel yet. Type `/invite @{bot}` there to have it there.", bot=bot)
    told = Markup(f"{why.text} As it stands, your run goes where *Post the thread to* says.")
    direct = reception.members.direct_channel(asker.team, asker.user)
    return WayOut(replace(where, channel="", thread_ts=""), direct, told)
