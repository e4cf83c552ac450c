"""Windows: opened at once, filled when what they show is known, and never overwritten by older news."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import Any

from slack_bolt import Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.blocks import Block, Message, section, window
from bot.slack.escaping import Markup
from bot.slack.privately import tell
from bot.slack.slack_errors import error_code

logger = logging.getLogger(__name__)

WAITING = "One moment …"
_CLOSED = frozenset({"not_found", "view_not_found"})
_MOST_REMEMBERED = 1_000


class Turns:
    """Which act of a person was the last one in each window; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, _Turn] = OrderedDict()

    def take(self, view_id: str, at: str) -> _Turn:
        """Note an act at ``at`` (a Slack timestamp) in a window."""
        with self._lock:
            turn = self._windows.setdefault(view_id, _Turn())
            self._windows.move_to_end(view_id)
            turn.newest = max(turn.newest, at)
            while len(self._windows) > _MOST_REMEMBERED:
                self._windows.popitem(last=False)
            return turn


class _Turn:
    """``lock`` is held while the window is sent, so that an older content cannot pass a newer one."""

    def __init__(self) -> None:
        self.newest = ""
        self.lock = threading.Lock()


class Window:
    """What a person has in front of them after a click or a command, and the one way to change it."""

    def __init__(self, client: WebClient, body: dict[str, Any], turns: Turns) -> None:
        self._client = client
        self._body = body
        self._turns = turns
        self._at = _time_of(body)
        self._turn: _Turn | None = None
        self._id = ""

    @property
    def is_open(self) -> bool:
        """Whether there is a window of ours that can show something."""
        return bool(self._id)

    def wait(self, title: str = "Prompt") -> None:
        """Open a window that says to wait; ``show`` fills it."""
        self.open(window(title, [section(Markup(WAITING))]))

    def open(self, view: Block) -> None:
        """Open a window: on its own, above the one that was clicked in, or as the third one in its place."""
        inside = self._body.get("view") or {}
        if inside.get("type") != "modal":
            opened = self._client.views_open(trigger_id=self._body["trigger_id"], view=view)
        elif not _is_third(inside):
            opened = self._client.views_push(trigger_id=self._body["trigger_id"], view=view)
        else:
            self.stay()
            self.show(view)
            return
        self._id = str(opened["view"]["id"])

    def stay(self) -> None:
        """Use the window that was clicked in; elsewhere than in one this does nothing."""
        inside = self._body.get("view") or {}
        if inside.get("type") == "modal" and inside.get("id"):
            self._id = str(inside["id"])
            self._turn = self._turns.take(self._id, self._at)

    def show(self, view: Block) -> None:
        """Replace what the window shows; one that was closed meanwhile, or acted in again, stays as it is."""
        if self._turn is None:
            self._update(view)
            return
        with self._turn.lock:
            if self._turn.newest <= self._at:
                self._update(view)

    def show_message(self, content: Message, title: str = "Promptbeam") -> None:
        """Show the content of a message."""
        self.show(window(title, list(content.blocks)))

    def _update(self, view: Block) -> None:
        try:
            self._client.views_update(view_id=self._id, view=view)
        except SlackApiError as error:
            if error_code(error) not in _CLOSED:
                raise
            logger.info("a window was closed before it was filled")


def _is_third(view: dict[str, Any]) -> bool:
    """Slack stacks three windows at most (https://docs.slack.dev/surfaces/modals)."""
    below, lowest = view.get("previous_view_id"), view.get("root_view_id")
    return bool(below) and below != lowest


def _time_of(body: dict[str, Any]) -> str:
    actions = body.get("actions") or [{}]
    return str(actions[0].get("action_ts") or body.get("action_ts") or "")


def open_answer(window: Window, body: dict[str, Any]) -> None:
    """Open a window for an answer where no message can be beside: what was pressed is on the Home tab."""
    if not body.get("response_url"):
        window.wait("Promptbeam")


def answer_click(window: Window, respond: Respond, content: Message) -> None:
    """Answer whoever pressed a button: in the window that was opened for it, else beside the message."""
    if window.is_open:
        window.show_message(content)
    else:
        tell(respond, content)
