"""Paging through what a search found, and the window that searches from the Home tab."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.slack.blocks import Block, section
from bot.slack.doors import Asker, asker_of
from bot.slack.escaping import Markup
from bot.slack.form_inputs import VALUE, Values
from bot.slack.messages.home import SEARCH_OPEN
from bot.slack.messages.library import PAGE_BACK, PAGE_ON, window
from bot.slack.messages.search import CHANNEL, OWNER, WORDS, search_window
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.searching import page_of_hits


def register(app: App, reception: Reception) -> None:
    """Listen to them."""

    @app.action(SEARCH_OPEN)
    def opened(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        waiting = window("Search", [section(Markup("One moment …"))])
        view = client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]
        client.views_update(view_id=view["id"], view=_found(reception, asker_of(body), "", 0))

    @app.action(WORDS)
    def entered(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        asked = _asked(body["view"]["state"]["values"], str(action.get("value") or ""))
        found = _found(reception, asker_of(body), asked, 0)
        client.views_update(view_id=body["view"]["id"], view=found)

    @app.view("search.form")
    def submitted(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        found = _found(reception, asker_of(body), _asked(view["state"]["values"]), 0)
        ack(response_action="update", view=found)

    @app.action(PAGE_ON)
    @app.action(PAGE_BACK)
    def turn(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond
    ) -> None:
        ack()
        asker = asker_of(body)
        number, _, asked = str(action["value"]).partition(" ")
        page = int(number) if number.isdecimal() and len(number) < 4 else 0
        if body.get("view"):
            found = _found(reception, asker, asked, page)
            client.views_update(view_id=body["view"]["id"], view=found)
        else:
            tell(respond, page_of_hits(reception, asker, asked, page), replace=True)


def _found(reception: Reception, asker: Asker, asked: str, page: int) -> Block:
    return search_window(asked, page_of_hits(reception, asker, asked, page).blocks)


def _asked(values: Values, typed: str | None = None) -> str:
    """What stands in the window: the words, and what was chosen from the menus as conditions."""
    words = typed if typed is not None else str(values.get("search", {}).get(WORDS, {}).get("value") or "")
    owner = values.get(OWNER, {}).get(VALUE, {}).get("selected_user")
    channel = values.get(CHANNEL, {}).get(VALUE, {}).get("selected_conversation")
    chosen = [f"owner:{owner}"] if owner else []
    return " ".join([words, *chosen, *([f"channel:{channel}"] if channel else [])]).strip()
