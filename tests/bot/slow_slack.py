"""A Slack that is slow to answer lookups, and results to click on that need no run."""

from __future__ import annotations

from typing import Any

from bot.slack.blocks import message, section
from bot.slack.escaping import Markup
from bot.slack.messages.review import review_bar
from sandbox.workspace.people import clicks
from sandbox.workspace.people.identities import interaction
from storage.prompts import PromptRecord
from tests.bot.office import Office

TEAM = "T0SANDBOX1"


def post_result(office: Office, record: PromptRecord, channel: str = "prompts") -> dict[str, Any]:
    """Post what stands below a result, as the bot does at the end of a run."""
    content = message(
        Markup("A result"), [section(Markup("A result")), *review_bar(record.id, record.run_id)]
    )
    place = office.workspace.channel_id(channel)
    ts = office.bot.desk.posters.of(TEAM).post(place, content).result(10)
    return office.find(lambda one: one["ts"] == ts, channel)


def slow_lookups(office: Office, seconds: float, count: int = 3) -> None:
    """Let the next questions about channels and their members take a while."""
    office.bot.desk.members.forget()
    for method in ("conversations.list", "users.conversations", "users.info"):
        office.workspace.fail_next(method, delay=seconds, count=count)


def quick_lookups(office: Office) -> None:
    """Take back what was planned."""
    office.workspace.inspect(lambda workspace: workspace.faults._planned.clear())


def click_home(office: Office, user: str, action: str) -> None:
    """Press a button on the Home tab."""
    office.workspace.open_home(user)
    home = office.workspace.home(user)
    block = clicks.block_with(home["blocks"], action)
    person = office.workspace.user_id(user)
    office.workspace.run(
        clicks.click_in_view(office.workspace.workspace, person, home["id"], block, action, {}, None)
    )


def payload_of(office: Office, user: str, kind: str, **fields: Any) -> dict[str, Any]:
    """What Slack sends when somebody acts, with the same ids each time it is delivered."""
    person = office.workspace.user_id(user)
    base: dict[str, Any] = office.workspace.inspect(lambda w: interaction(w.state, kind, person))
    return base | fields


def form(
    office: Office, user: str, callback: str, about: str, values: dict[str, Any], view_id: str
) -> dict[str, Any]:
    """A filled-in form as Slack sends it."""
    view = {
        "id": view_id,
        "hash": "1.a",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": about,
        "title": {"type": "plain_text", "text": "A form"},
        "blocks": [{"type": "input", "block_id": "wish"}],
        "state": {"values": values},
    }
    return payload_of(office, user, "view_submission", view=view, trigger_id=f"1.{view_id}", response_urls=[])


def deliver(office: Office, payload: dict[str, Any], kind: str = "interactive") -> dict[str, Any]:
    """Deliver a payload, and return the bot's answer."""
    gateway = office.workspace.workspace.gateway
    answer: dict[str, Any] = office.workspace.run(gateway.ask(kind, payload))  # type: ignore[arg-type]
    return answer
