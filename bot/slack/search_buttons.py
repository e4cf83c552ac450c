"""Paging through what a search found, and the window that searches from the Home tab."""

from __future__ import annotations

from typing import Any

from slack_bolt import Respond

from bot.slack.blocks import Block
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, asker_of
from bot.slack.filled_form import FilledForm
from bot.slack.form_inputs import VALUE, Values
from bot.slack.messages.home import SEARCH_OPEN
from bot.slack.messages.library import PAGE_BACK, PAGE_ON
from bot.slack.messages.search import CHANNEL, OWNER, WORDS, search_window
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.searching import page_of_hits
from bot.slack.windows import Window


def register(counter: Counter, reception: Reception) -> None:
    """Listen to them."""

    @counter.action(SEARCH_OPEN)
    def opened(body: dict[str, Any], window: Window) -> Rest:
        window.wait("Search")
        return lambda: window.show(_found(reception, asker_of(body), "", 0))

    @counter.action(WORDS)
    def entered(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.stay()
        values = (body.get("view") or {}).get("state", {}).get("values", {})
        asked = _asked(values, str(action.get("value") or ""))
        return lambda: window.show(_found(reception, asker_of(body), asked, 0))

    @counter.view("search.form")
    def submitted(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        form.answer(lambda: _found(reception, asker_of(body), _asked(view["state"]["values"]), 0))

    @counter.action(PAGE_ON)
    @counter.action(PAGE_BACK)
    def turn(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        window.stay()
        number, _, asked = str(action["value"]).partition(" ")
        page = int(number) if number.isdecimal() and len(number) < 4 else 0

        def show() -> None:
            if window.is_open:
                window.show(_found(reception, asker_of(body), asked, page))
            else:
                tell(respond, page_of_hits(reception, asker_of(body), asked, page), replace=True)

        return show


def _found(reception: Reception, asker: Asker, asked: str, page: int) -> Block:
    return search_window(asked, page_of_hits(reception, asker, asked, page).blocks)


def _asked(values: Values, typed: str | None = None) -> str:
    """What stands in the window: the words, and what was chosen from the menus as conditions."""
    words = typed if typed is not None else str(values.get("search", {}).get(WORDS, {}).get("value") or "")
    owner = values.get(OWNER, {}).get(VALUE, {}).get("selected_user")
    channel = values.get(CHANNEL, {}).get(VALUE, {}).get("selected_conversation")
    chosen = [f"owner:{owner}"] if owner else []
    return " ".join([words, *chosen, *([f"channel:{channel}"] if channel else [])]).strip()
