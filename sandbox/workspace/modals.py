"""The views on people's screens: stacks of modals, and the app's Home tab."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from sandbox.workspace.blockkit.messages import with_ids
from sandbox.workspace.blockkit.views import check_view
from sandbox.workspace.changes import HomePublished, ViewClosed, ViewShown
from sandbox.workspace.errors import ApiError
from sandbox.workspace.ids import new_id
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import View
from sandbox.workspace.triggers import Trigger

if TYPE_CHECKING:
    from sandbox.workspace.state import WorkspaceState

MOST_STACKED = 3
LARGEST_VIEW_BYTES = 250_000


class Modals:
    """Which views are open, for whom, in which order."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._views: dict[str, View] = {}
        self._stacks: dict[str, list[str]] = {}
        self._homes: dict[str, View] = {}

    def open(self, trigger: Trigger, content: JsonObject) -> View:
        """Show a new modal; modals of an earlier act of this person go away."""
        content = self._checked(content, "modal")
        self.clear(trigger.user)
        view = self._new(trigger.user, content, trigger.channel, previous=None)
        self._state.tell(ViewShown("view_open", view))
        return view

    def push(self, trigger: Trigger, content: JsonObject) -> View:
        """Show a modal above the one in which the person acted. Raises ApiError push_limit_reached."""
        if trigger.view_id is None or trigger.view_id not in self._views:
            raise ApiError("not_found")
        return self.push_on(self._views[trigger.view_id], content)

    def push_on(self, below: View, content: JsonObject) -> View:
        """Show a modal above an open one. Raises ApiError push_limit_reached."""
        content = self._checked(content, "modal")
        if len(self._stacks.get(below.user, ())) >= MOST_STACKED:
            raise ApiError("push_limit_reached")
        view = self._new(below.user, content, below.channel, previous=below)
        self._state.tell(ViewShown("view_push", view))
        return view

    def update(self, view: View, content: JsonObject, *, expected_hash: str = "") -> View:
        """Give a view a new content. Raises ApiError hash_conflict if it changed meanwhile."""
        content = self._checked(content, view.content["type"], except_view=view.id)
        if expected_hash and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        view.content = content
        view.hash = _new_hash(self._state)
        self._state.tell(ViewShown("view_update", view))
        return view

    def publish(self, user: str, content: JsonObject, *, expected_hash: str = "") -> View:
        """Set a person's Home tab. Raises ApiError hash_conflict if it changed meanwhile."""
        content = self._checked(content, "home")
        current = self._homes.get(user)
        if current is None:
            view_id = new_id("V")
            current = View(view_id, user, content, _new_hash(self._state), view_id)
            self._homes[user] = current
        elif expected_hash and expected_hash != current.hash:
            raise ApiError("hash_conflict")
        else:
            current.content = content
            current.hash = _new_hash(self._state)
        self._state.tell(HomePublished(current))
        return current

    def home(self, user: str) -> View | None:
        """A person's Home tab, if the app published one."""
        return self._homes.get(user)

    def find(self, view_id: str = "", external_id: str = "") -> View:
        """An open view or a Home tab. Raises ApiError not_found."""
        for view in (*self._views.values(), *self._homes.values()):
            if (view_id and view.id == view_id) or (
                external_id and view.content.get("external_id") == external_id
            ):
                return view
        raise ApiError("not_found")

    def of(self, user: str) -> list[View]:
        """The open modals of a person, the lowest first."""
        return [self._views[one] for one in self._stacks.get(user, ())]

    def close(self, view: View) -> None:
        """Take one modal away, and those above it."""
        stack = self._stacks.get(view.user, [])
        if view.id not in stack:
            return
        while stack:
            top = stack.pop()
            del self._views[top]
            self._state.tell(ViewClosed(view.user, top))
            if top == view.id:
                return

    def clear(self, user: str) -> None:
        """Take all modals of a person away."""
        stack = self._stacks.get(user, [])
        if stack:
            self.close(self._views[stack[0]])

    def _new(self, user: str, content: JsonObject, channel: str | None, previous: View | None) -> View:
        view_id = new_id("V")
        view = View(
            view_id,
            user,
            content,
            _new_hash(self._state),
            previous.root_id if previous else view_id,
            previous.id if previous else None,
            channel,
        )
        self._views[view_id] = view
        self._stacks.setdefault(user, []).append(view_id)
        return view

    def _checked(self, content: JsonObject, kind: str, *, except_view: str = "") -> JsonObject:
        check_view(content, kind)
        if len(json.dumps(content).encode()) > LARGEST_VIEW_BYTES:
            raise ApiError("view_too_large")
        external_id = content.get("external_id")
        if external_id and any(
            view.content.get("external_id") == external_id and view.id != except_view
            for view in self._views.values()
        ):
            raise ApiError("duplicate_external_id")
        return {**content, "blocks": with_ids(content["blocks"])}


def _new_hash(state: WorkspaceState) -> str:
    return f"{int(state.clock.now())}.{secrets.token_hex(4)}"


def view_json(state: WorkspaceState, view: View, values: JsonObject | None = None) -> JsonObject:
    """A view as Slack gives it to the app, with the state of its fields."""
    optional = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
    return {
        **optional,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.content,
        "id": view.id,
        "team_id": state.seed.team_id,
        "app_id": state.seed.app_id,
        "app_installed_team_id": state.seed.team_id,
        "bot_id": state.seed.bot_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": values or {}},
    }
