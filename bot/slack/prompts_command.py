"""``/prompts``: finds past prompts that the asker may see, and opens one."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.slack.blocks import plain, section
from bot.slack.escaping import Markup, markup, unescape
from bot.slack.messages.library import SHOW, Hit, prompt_window, search_results
from bot.slack.optimize_command import tell
from bot.slack.reception import Reception, team_of
from optimizer.errors import InputError

_RESULTS = 5
_MOST_WORDS = 1_000


def register(app: App, reception: Reception) -> None:
    """Listen to the command and to the button of its results."""

    @app.command(reception.settings.prompts_command)
    def prompts(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        asked = unescape(str(body.get("text") or "")).strip()[:_MOST_WORDS]
        viewer = reception.members.viewer(str(body["user_id"]), team_of(body))
        found = reception.store.prompts.search(asked, viewer, _RESULTS)
        hits = [
            Hit(one.record, reception.links.of(one.record.place.channel, one.record.place.thread_ts), one.why)
            for one in found
        ]
        tell(respond, search_results(asked, hits, reception.settings.prompts_command))

    @app.action(SHOW)
    def show(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        opened = client.views_open(trigger_id=body["trigger_id"], view=_window(Markup("One moment …")))
        viewer = reception.members.viewer(str(body["user"]["id"]), team_of(body))
        try:
            window = prompt_window(reception.store.prompts.get(str(action["value"]), viewer))
        except InputError as error:
            window = _window(markup("{message}", message=error.message))
        client.views_update(view_id=opened["view"]["id"], view=window)


def _window(text: Markup) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "prompts.window",
        "title": plain("Prompt", 24),
        "close": plain("Close", 24),
        "blocks": [section(text)],
    }
