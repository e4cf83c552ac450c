"""Controls for tests: `/mock/*` acts as a person, plans faults and shows what happened."""

from __future__ import annotations

from dataclasses import fields

from aiohttp import web

from sandbox.workspace.errors import ApiError
from sandbox.workspace.faults import Fault
from sandbox.workspace.json_requests import Action, json_route, needed
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.page_api import PageApi
from sandbox.workspace.people import talk
from sandbox.workspace.records import View
from sandbox.workspace.rendering import channel_json, file_json, message_json, user_json
from sandbox.workspace.workspace import Workspace


class MockApi:
    """Everything that a person can do, and more. People and channels go by name or id."""

    def __init__(self, workspace: Workspace, page: PageApi) -> None:
        self._workspace = workspace
        self._page = page

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        actions: dict[str, Action] = {
            "slash": self.slash,
            "message": self._page.send,
            "click": self._page.click,
            "submit": self.submit,
            "close": self._page.close_view,
            "react": self._page.react,
            "shortcut": self._page.shortcut,
            "home": self._page.home,
            "edit": self._page.edit,
            "delete": self._page.delete,
            "upload": self.upload,
            "fail_next": self.fail_next,
            "duplicate_next": self.duplicate_next,
            "quirks": self.quirks,
            "disconnect": self.disconnect,
            "archive": self.archive,
            "clear_calls": self.clear_calls,
        }
        for name, action in actions.items():
            app.router.add_post(f"/mock/{name}", json_route(action))
        app.router.add_get("/mock/calls", self.calls)
        app.router.add_get("/mock/deliveries", self.deliveries)
        app.router.add_get("/mock/state", self.state)

    async def slash(self, body: JsonObject) -> JsonObject:
        """Type a command: `{user, channel, command, text}`, or the whole of it in `text`."""
        typed = f"{body.get('command') or ''} {body.get('text') or ''}".strip()
        return await self._page.send({**body, "text": typed, "file_ids": (), "thread_ts": None})

    async def submit(self, body: JsonObject) -> JsonObject:
        """Submit a modal, the topmost one of the person if no `view_id` is given."""
        if not body.get("view_id"):
            user = self._workspace.state.person(needed(body, "user")).id
            body = {**body, "view_id": self.top_view(user).id}
        return await self._page.submit(body)

    def top_view(self, user: str) -> View:
        """The modal in front of a person. Raises ApiError not_found."""
        open_views = self._workspace.modals.of(user)
        if not open_views:
            raise ApiError("not_found")
        return open_views[-1]

    async def upload(self, body: JsonObject) -> JsonObject:
        """Keep a text file of a person: `{user, name, content}`."""
        user = self._workspace.state.person(needed(body, "user")).id
        data = needed(body, "content").encode()
        return {"id": talk.upload(self._workspace, user, needed(body, "name"), data).id}

    async def fail_next(self, body: JsonObject) -> JsonObject:
        """Plan a fault; the fields are those of `Fault`."""
        unknown = set(body) - {one.name for one in fields(Fault)}
        if unknown or not body.get("method"):
            raise ApiError("invalid_arguments", messages=[f"unknown: {sorted(unknown)}"])
        self._workspace.faults.plan(Fault(**body))
        return {}

    async def duplicate_next(self, body: JsonObject) -> JsonObject:
        """Deliver the next `count` events twice."""
        self._workspace.gateway.duplicate_next += int(body.get("count", 1))
        return {}

    async def quirks(self, body: JsonObject) -> JsonObject:
        """Switch irregularities: `{mention_without_files, files_by_id, rate_limits}`."""
        for name in ("mention_without_files", "files_by_id"):
            if name in body:
                setattr(self._workspace.event_rules, name, bool(body[name]))
        if "rate_limits" in body:
            self._workspace.rates.enabled = bool(body["rate_limits"])
        return {}

    async def disconnect(self, body: JsonObject) -> JsonObject:
        """End the app's Socket Mode connections as Slack does now and then, or abruptly with `cut`."""
        if body.get("cut"):
            return {"connections": self._workspace.socket_mode.cut()}
        reason = str(body.get("reason") or "refresh_requested")
        return {"connections": await self._workspace.socket_mode.ask_to_reconnect(reason)}

    async def archive(self, body: JsonObject) -> JsonObject:
        """Archive a channel, or take it back with `{"archived": false}`."""
        channel = self._workspace.state.channel(needed(body, "channel"))
        channel.is_archived = bool(body.get("archived", True))
        return {}

    async def clear_calls(self, _body: JsonObject) -> JsonObject:
        """Forget the calls so far."""
        self._workspace.journal.clear()
        return {}

    async def calls(self, request: web.Request) -> web.Response:
        """The journal of Web API calls, of one `method` if given."""
        return web.json_response({"calls": self._workspace.journal.as_json(request.query.get("method", ""))})

    async def deliveries(self, _request: web.Request) -> web.Response:
        """What was delivered to the app, and with which outcome."""
        return web.json_response({"deliveries": list(self._workspace.gateway.delivered)})

    async def state(self, _request: web.Request) -> web.Response:
        """The whole state."""
        state, modals = self._workspace.state, self._workspace.modals
        bot = state.bot.id
        return web.json_response(
            {
                "users": [user_json(state, one) for one in state.users.values()],
                "channels": [
                    channel_json(state, one, bot) | {"members": sorted(one.members)}
                    for one in state.channels.values()
                ],
                "messages": {
                    channel: [
                        message_json(state, one) | {"seen_only_by": one.seen_only_by}
                        for one in by_ts.values()
                    ]
                    for channel, by_ts in state.messages.items()
                },
                "files": [file_json(state, one) for one in state.files.values()],
                "views": {user: [view_json(state, one) for one in modals.of(user)] for user in state.users},
                "connections": self._workspace.socket_mode.connections,
            }
        )
