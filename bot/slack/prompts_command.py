"""``/prompts``: finds past prompts that the asker may see, shows, compares and exports them."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.slack.blocks import Block, section
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.escaping import Markup, markup, unescape
from bot.slack.exporting import export_file, export_table
from bot.slack.messages.library import (
    FIRST,
    REUSE,
    diff_window,
    prompt_window,
    versions_window,
    window,
)
from bot.slack.messages.notices import SHOW, notice, prompts_help
from bot.slack.optimize_command import open_anywhere
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.review_buttons import reuse
from bot.slack.searching import first_page
from bot.slack.sharing import send_file
from bot.slack.windows import refusal_window

_ID = r"([pr]-[\w-]{1,40})"
_ONE = re.compile(rf"(show|history|diff)\s+{_ID}", re.IGNORECASE)
_TWO = re.compile(rf"diff\s+{_ID}\s+{_ID}", re.IGNORECASE)
_EXPORT = re.compile(rf"export(?:\s+{_ID})?(?:\s+(\w+))?", re.IGNORECASE)
_SEARCH = re.compile(r"search\b\s*", re.IGNORECASE)


def register(app: App, reception: Reception) -> None:
    """Listen to the command and to the buttons of its results."""
    _register_command(app, reception)

    @app.action(SHOW)
    def show(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        _open(reception, client, body, asker_of(body), str(action["value"]))

    @app.action(REUSE)
    def reused(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        record = reception.doors.prompt(str(action["value"]), asker_of(body))
        open_anywhere(reception, client, body, reuse(record))


def _register_command(app: App, reception: Reception) -> None:
    @app.command(reception.settings.prompts_command)
    def prompts(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        asker = asker_of(body)
        text = unescape(str(body.get("text") or "")).strip()
        one, two, export = _ONE.fullmatch(text), _TWO.fullmatch(text), _EXPORT.fullmatch(text)
        if text.lower() == "help":
            tell(respond, prompts_help(reception.settings.prompts_command))
        elif two is not None:
            _open_diff(reception, client, body, asker, two[1], two[2])
        elif one is not None and one[1].lower() == "show":
            _open(reception, client, body, asker, one[2])
        elif one is not None and one[1].lower() == "history":
            _open_versions(reception, client, body, asker, one[2])
        elif one is not None:
            _open_diff(reception, client, body, asker, FIRST, one[2])
        elif export is not None:
            _export(reception, respond, asker, export[1], export[2])
        else:
            asked = _SEARCH.sub("", text, count=1)
            tell(respond, first_page(reception, asker, asked, str(body.get("channel_id") or "")))


def _open(reception: Reception, client: WebClient, body: dict[str, Any], asker: Asker, name: str) -> None:
    """Open a window at once and fill it in then: looking up who may see what can take a moment."""
    opened = _waiting(client, body)
    try:
        record = reception.doors.prompt(_prompt_id(name), asker)
        view = prompt_window(record, mine=reception.doors.may_change(asker, record.owner))
    except Refused as refused:
        view = refusal_window(refused)
    client.views_update(view_id=opened, view=view)


def _open_versions(
    reception: Reception, client: WebClient, body: dict[str, Any], asker: Asker, name: str
) -> None:
    opened = _waiting(client, body)
    try:
        record = reception.doors.prompt(_prompt_id(name), asker)
        found = reception.store.prompts.versions(record.id, reception.doors.viewer(asker))
        view = versions_window(found)
    except Refused as refused:
        view = refusal_window(refused)
    client.views_update(view_id=opened, view=view)


def _open_diff(
    reception: Reception, client: WebClient, body: dict[str, Any], asker: Asker, before: str, after: str
) -> None:
    opened = _waiting(client, body)
    try:
        view = _compared(reception, asker, before, after)
    except Refused as refused:
        view = refusal_window(refused)
    client.views_update(view_id=opened, view=view)


def _compared(reception: Reception, asker: Asker, before: str, after: str) -> Block:
    record = reception.doors.prompt(_prompt_id(after), asker)
    viewer = reception.doors.viewer(asker)
    found = reception.store.prompts.versions(record.id, viewer)[-60:]
    if before != FIRST:
        other = reception.doors.prompt(_prompt_id(before), asker)
        if other.id not in {one.id for one in found}:
            found = [other, record]
        before = other.id
    if record.id not in {one.id for one in found}:
        found = [*found, record]
    return diff_window(found, before, record.id, record.id)


def _export(
    reception: Reception,
    respond: Respond,
    asker: Asker,
    name: str | None,
    format_name: str | None,
) -> None:
    if name is None:
        send_file(reception, asker, export_table(reception, asker))
        tell(
            respond,
            notice(Markup("All prompts that you can see come to you as a table, as a direct message.")),
        )
        return
    record = reception.doors.prompt(_prompt_id(name), asker)
    send_file(reception, asker, export_file(reception, asker, record, (format_name or "markdown").lower()))
    tell(respond, notice(markup("{title} comes to you as a direct message.", title=record.title)))


def _prompt_id(name: str) -> str:
    """People copy the run's id as well."""
    return f"p-{name[2:]}" if name.lower().startswith("r-") else name


def _waiting(client: WebClient, body: dict[str, Any]) -> str:
    view = window("Prompt", [section(Markup("One moment …"))])
    if (body.get("view") or {}).get("type") == "modal":
        return str(client.views_push(trigger_id=body["trigger_id"], view=view)["view"]["id"])
    return str(client.views_open(trigger_id=body["trigger_id"], view=view)["view"]["id"])
