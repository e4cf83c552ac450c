"""Keeping a past prompt for its owner alone, and showing it to those of its channel again."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import Block
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.escaping import Markup
from bot.slack.filled_form import FilledForm
from bot.slack.messages.notices import notice
from bot.slack.messages.privacy import CLOSE, PRIVACY, PRIVACY_FORM, TITLE, privacy_changed, privacy_form
from bot.slack.reception import Reception
from bot.slack.windows import Window


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the button and to the form that it opens."""

    @counter.action(PRIVACY)
    def ask(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait(TITLE)
        return lambda: window.show(form_for(reception, asker_of(body), str(action["value"])))

    @counter.view(PRIVACY_FORM)
    def change(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        wanted, _, prompt_id = str(view["private_metadata"]).partition(" ")
        form.answer(lambda: _change(reception, asker_of(body), prompt_id, only_me=wanted == CLOSE))


def form_for(reception: Reception, asker: Asker, prompt_id: str) -> Block:
    """Return the form about a prompt.

    Raises:
        Refused: the prompt is not the asker's to change.
    """
    record = reception.doors.own_prompt(prompt_id, asker)
    return privacy_form(record, mine=record.owner == asker.user)


def _change(reception: Reception, asker: Asker, prompt_id: str, *, only_me: bool) -> Block:
    record = reception.doors.own_prompt(prompt_id, asker)
    mine = record.owner == asker.user
    if not only_me and not mine:
        raise Refused(notice(Markup("Only its owner can show it to others.")))
    reception.store.privacy.set(record.run_id, only_me=only_me)
    return privacy_changed(record, only_me=only_me, mine=mine)
