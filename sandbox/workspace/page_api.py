"""The page's own API: `/web/*`, its files and samples."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_requests import Action, answered, json_route, needed
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.page_shapes import page_channel, page_file, page_message, page_user, page_view
from sandbox.workspace.people import clicks, commands, forms, talk
from sandbox.workspace.samples import find_samples
from sandbox.workspace.workspace import Workspace

PAGE_FOLDER = Path(__file__).parent / "page"


class PageApi:
    """What the page in the browser asks for and does, in the name of the person chosen in it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._samples = find_samples(workspace.options.examples)
        self._sample_files = {
            f"{sample.folder}/{one.name}": one for sample in self._samples for one in sample.files
        }

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        router = app.router
        router.add_get("/", self.index)
        router.add_get("/archives/{channel}/{stamp}", self.archive)
        router.add_get("/samples/{folder}/{name}", self.sample_file)
        if PAGE_FOLDER.is_dir():
            router.add_static("/page/", PAGE_FOLDER)
            app.on_response_prepare.append(_ask_again)
        router.add_get("/web/state", self.state)
        router.add_get("/web/messages", self.messages)
        router.add_get("/web/stream", self.stream)
        router.add_post("/web/upload", self.upload)
        acts: dict[str, Action] = {
            "send": self.send,
            "click": self.click,
            "view/submit": self.submit,
            "view/close": self.close_view,
            "home": self.home,
            "shortcut": self.shortcut,
            "react": self.react,
            "edit": self.edit,
            "delete": self.delete,
            "join": self.join,
        }
        for name, action in acts.items():
            router.add_post(f"/web/{name}", json_route(action))

    def _person(self, name_or_id: str) -> str:
        return self._workspace.state.person(name_or_id).id

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """The page."""
        page = PAGE_FOLDER / "index.html"
        if not page.is_file():
            return web.Response(text="The workspace is running; its page is not installed.")
        headers = {
            "Cache-Control": "no-store",
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(page, headers=headers)

    async def archive(self, request: web.Request) -> web.Response:
        """A permalink leads to the page's view of the channel, or of the thread."""
        thread = request.query.get("thread_ts", "")
        place = f"/#/c/{quote(request.match_info['channel'])}"
        raise web.HTTPFound(f"{place}/{quote(thread)}" if thread else place)

    async def sample_file(self, request: web.Request) -> web.StreamResponse:
        """A data file of a sample."""
        path = self._sample_files.get(f"{request.match_info['folder']}/{request.match_info['name']}")
        if path is None:
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
        return web.Response(body=path.read_bytes(), content_type="text/plain", headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        """Everything the page needs at its start."""
        return web.json_response(await answered(self._state, dict(request.query)))

    async def _state(self, query: JsonObject) -> JsonObject:
        state, seed = self._workspace.state, self._workspace.seed
        me = self._person(query.get("user") or seed.users[0].id)
        home = self._workspace.modals.home(me)
        return {
            "team": {"id": seed.team_id, "name": seed.team_name},
            "me": me,
            "app": {
                "id": seed.app_id,
                "bot_user_id": seed.bot_user_id,
                "name": seed.bot_name,
                "has_home": "app_home_opened" in seed.events,
            },
            "users": [page_user(one) for one in state.users.values()],
            "channels": [
                page_channel(state, one, me) for one in state.channels.values() if state.may_look(me, one)
            ],
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in seed.commands
            ]
            + [
                {"command": name, "description": text, "usage_hint": "@somebody"}
                for name, text in commands.BUILT_IN.items()
            ],
            "shortcuts": [
                {"callback_id": one.callback_id, "name": one.name, "type": one.type} for one in seed.shortcuts
            ],
            "samples": self._sample_list(),
            "views": [page_view(state, one) for one in self._workspace.modals.of(me)],
            "home": page_view(state, home) if home else None,
        }

    def _sample_list(self) -> list[JsonObject]:
        return [
            {
                "title": sample.title,
                "prompt": sample.prompt,
                "files": [
                    {"name": one.name, "url": f"/samples/{quote(sample.folder)}/{quote(one.name)}"}
                    for one in sample.files
                ],
            }
            for sample in self._samples
        ]

    async def messages(self, request: web.Request) -> web.Response:
        """All messages of a channel, thread replies too."""
        return web.json_response(await answered(self._messages, dict(request.query)))

    async def _messages(self, query: JsonObject) -> JsonObject:
        user = self._person(needed(query, "user"))
        state = self._workspace.state
        channel = state.channel(needed(query, "channel"))
        if not state.may_look(user, channel):
            raise ApiError("channel_not_found")
        shown = [
            page_message(state, one)
            for one in state.messages[channel.id].values()
            if one.seen_only_by in (None, user)
        ]
        return {"messages": shown}

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The page's live connection."""
        try:
            user = self._person(request.query.get("user", ""))
        except ApiError as error:
            raise web.HTTPNotFound(text=error.code) from error
        return await self._workspace.stream.serve(request, user)

    async def upload(self, request: web.Request) -> web.Response:
        """A file that the person chose."""
        form = await request.post()
        field, user = form.get("file"), form.get("user")
        if not isinstance(field, web.FileField) or not isinstance(user, str):
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        name, data = field.filename, field.file.read()

        async def keep(_body: JsonObject) -> JsonObject:
            return page_file(talk.upload(self._workspace, self._person(user), name, data))

        return web.json_response(await answered(keep, {}))

    async def send(self, body: JsonObject) -> JsonObject:
        """Post a message or run a command."""
        message = await talk.send(
            self._workspace,
            self._person(needed(body, "user")),
            needed(body, "channel"),
            str(body.get("text") or ""),
            thread_ts=body.get("thread_ts") or None,
            file_ids=tuple(body.get("file_ids") or ()),
        )
        return {"ts": message.ts} if message else {}

    async def click(self, body: JsonObject) -> JsonObject:
        """Press a button or choose from a menu, in a message or in a view."""
        user = self._person(needed(body, "user"))
        block_id, action_id = str(body.get("block_id") or ""), needed(body, "action_id")
        values = body.get("values") or (body.get("state") or {}).get("values")
        if body.get("view_id"):
            view_id = needed(body, "view_id")
            await clicks.click_in_view(self._workspace, user, view_id, block_id, action_id, body, values)
        else:
            channel, ts = needed(body, "channel"), needed(body, "ts")
            await clicks.click_in_message(self._workspace, user, channel, ts, block_id, action_id, body)
        return {}

    async def submit(self, body: JsonObject) -> JsonObject:
        """Submit a modal."""
        user = self._person(needed(body, "user"))
        return await forms.submit(self._workspace, user, needed(body, "view_id"), body.get("values") or {})

    async def close_view(self, body: JsonObject) -> JsonObject:
        """Close a modal."""
        await forms.close(self._workspace, self._person(needed(body, "user")), needed(body, "view_id"))
        return {}

    async def home(self, body: JsonObject) -> JsonObject:
        """Look at the app's Home tab."""
        talk.open_home(self._workspace, self._person(needed(body, "user")), str(body.get("tab") or "home"))
        return {}

    async def shortcut(self, body: JsonObject) -> JsonObject:
        """Run a shortcut."""
        await clicks.run_shortcut(
            self._workspace,
            self._person(needed(body, "user")),
            needed(body, "callback_id"),
            str(body.get("channel") or ""),
            str(body.get("ts") or body.get("message_ts") or ""),
        )
        return {}

    async def react(self, body: JsonObject) -> JsonObject:
        """Put a reaction on a message, or take it back."""
        user = self._person(needed(body, "user"))
        channel, ts, name = needed(body, "channel"), needed(body, "ts"), needed(body, "name")
        talk.react(self._workspace, user, channel, ts, name)
        return {}

    async def edit(self, body: JsonObject) -> JsonObject:
        """Edit an own message."""
        user = self._person(needed(body, "user"))
        talk.edit(self._workspace, user, needed(body, "channel"), needed(body, "ts"), needed(body, "text"))
        return {}

    async def delete(self, body: JsonObject) -> JsonObject:
        """Delete an own message or dismiss an ephemeral one."""
        user = self._person(needed(body, "user"))
        talk.delete(self._workspace, user, needed(body, "channel"), needed(body, "ts"))
        return {}

    async def join(self, body: JsonObject) -> JsonObject:
        """Join a public channel."""
        user, state = self._person(needed(body, "user")), self._workspace.state
        channel = state.channel(needed(body, "channel"))
        if channel.kind != "public":
            raise ApiError("channel_not_found")
        state.join(channel, user, user)
        return {}


async def _ask_again(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers ask whether a script is still the same: an upgraded page must not run old ones."""
    if request.path.startswith("/page/"):
        response.headers["Cache-Control"] = "no-cache"
