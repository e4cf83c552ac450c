"""What the form of an optimisation shows when it is open and Slack was asked: another place, earlier lessons."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt import Respond

from bot.slack.doors import Asker
from bot.slack.form_inputs import FormContext
from bot.slack.forms import Prefill, optimize_form
from bot.slack.reception import Reception
from bot.slack.way_out import told_way_out
from bot.slack.windows import Window


def complete_form(
    reception: Reception, window: Window, respond: Respond, asker: Asker, where: FormContext, prefill: Prefill
) -> None:
    """Let an open form ask for another place where the bot is no member, and offer what earlier runs learned.

    Nobody waits for it; what was filled in meanwhile stays.
    """
    way_out = told_way_out(reception, where, respond) if where.channel else None
    if way_out is not None:
        where = way_out.where
        prefill = replace(prefill, warning=way_out.warning)
    with_offer = with_lessons_offered(reception, asker, where, prefill)
    if way_out is not None or with_offer.lessons is not None:
        window.show(optimize_form(where, reception.form_facts, with_offer))


def with_lessons_offered(reception: Reception, asker: Asker, where: FormContext, prefill: Prefill) -> Prefill:
    """Add to a form's content what a run there could learn from; asks Slack."""
    offered = reception.lessons.offered(asker.user, asker.team, where.channel, prefill.given)
    return replace(prefill, lessons=offered)
