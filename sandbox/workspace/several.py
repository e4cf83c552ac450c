"""Several workspaces behind one Slack: one Web API for all, and installs of the app by OAuth v2.

Each workspace stays what it is, with a server of its own; in front of them stands the address that the
app knows. It finds the workspace of a call by its token, as Slack does, and passes the call on.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web

from sandbox.workspace.errors import ApiError
from sandbox.workspace.grants import Grants
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.workspace import Workspace

_HOP_BY_HOP = frozenset({"host", "content-length", "authorization", "transfer-encoding", "connection"})
_ANSWERED = frozenset({"content-type", "retry-after", "x-oauth-scopes", "content-disposition"})


class SeveralWorkspaces:
    """A context manager over workspaces that are running already; serves until the block ends.

    Those whose seed names an organisation are installed together, under the organisation's id.
    """

    def __init__(self, workspaces: Sequence[RunningWorkspace], grants: Grants) -> None:
        self.grants = grants
        self._by_team = {one.workspace.seed.team_id: one for one in workspaces}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack", daemon=True)
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.calls: list[tuple[str, str, str]] = []
        """Every call that was let through: team, method, token."""
        self.before: Callable[[str, str], None] = lambda method, team: None
        """Called before a call is passed on, with its method and team; may disturb things."""
        self.url = ""

    @property
    def api_url(self) -> str:
        """The one address of the Web API."""
        return f"{self.url}api/"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        for team, one in self._by_team.items():
            first = next(iter(self._of_key(one.workspace.seed.enterprise_id or team).values()))
            one.do(_join, one.workspace, first.workspace, f"{self.url}{team}/")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def uninstall(self, key: str, *, tell: bool = True) -> None:
        """Remove the app from a workspace or organisation, as an admin does: tokens first, then the events."""
        self.revoke(key, tell=False)
        if tell:
            self.announce(key, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0PROMPTBM1"]}})
            self.announce(key, {"type": "app_uninstalled"})

    def revoke(self, key: str, *, tell: bool = True) -> None:
        """Revoke the app's tokens in a workspace or organisation."""
        self.grants.revoke(key)
        if tell:
            self.announce(key, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0PROMPTBM1"]}})

    def announce(self, key: str, event: JsonObject) -> None:
        """Send the app an event about its installation in a workspace or organisation."""
        one = next(iter(self._of_key(key).values()))
        one.do(one.workspace.gateway.announce, event)

    def _of_key(self, key: str) -> Mapping[str, RunningWorkspace]:
        return {
            team: one
            for team, one in self._by_team.items()
            if key in (team, one.workspace.seed.enterprise_id)
        }

    async def _start(self) -> None:
        app = web.Application(client_max_size=80 * 1024 * 1024)
        app.router.add_get("/oauth/v2/authorize", self._consent)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_route("*", "/{team}/{rest:.*}", self._rest)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def _stop(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _consent(self, request: web.Request) -> web.Response:
        """Whoever names a workspace or organisation with ``team`` has agreed for it; all others choose."""
        asked = dict(request.query)
        app = self.grants.app
        if asked.get("client_id") != app.client_id or asked.get("redirect_uri") != app.redirect_uri:
            return web.Response(status=400, text="invalid client_id or redirect_uri")
        key = asked.get("team", "")
        if self._of_key(key):
            back = urlencode({"code": self.grants.code_for(key), "state": asked.get("state", "")})
            raise web.HTTPFound(f"{app.redirect_uri}?{back}")
        names = sorted({one.workspace.seed.enterprise_id or team for team, one in self._by_team.items()})
        links = "".join(
            f'<li><a href="?{urlencode(asked | {"team": name})}">{name}</a></li>' for name in names
        )
        return web.Response(text=f"<ul>{links}</ul>", content_type="text/html")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        args = _arguments(request, body)
        try:
            if method == "oauth.v2.access":
                basic = (
                    aiohttp.BasicAuth.decode(request.headers["Authorization"]) if _basic(request) else None
                )
                if basic is not None:
                    args |= {"client_id": basic.login, "client_secret": basic.password}
                key, tokens = self.grants.access(args)
                return web.json_response({"ok": True, **self._described(key), **tokens})
            token = _bearer(request) or args.get("token", "")
            if method == "apps.uninstall":
                return web.json_response(await self._taken_away(token, args))
            team, one = self._meant(self.grants.key_of(token), args)
        except ApiError as error:
            return web.json_response({"ok": False, "error": error.code})
        await asyncio.to_thread(self.before, method, team)
        self.calls.append((team, method, token))
        return await self._pass_on(request, one, f"api/{method}", body)

    async def _taken_away(self, token: str, args: Mapping[str, str]) -> JsonObject:
        """apps.uninstall: the app takes itself away. Raises ApiError."""
        key = self.grants.key_of(token)
        self.grants.check_app(args)
        self.calls.append((key, "apps.uninstall", token))
        await asyncio.to_thread(self.uninstall, key)
        return {"ok": True}

    def _described(self, key: str) -> JsonObject:
        one = next(iter(self._of_key(key).values()))
        seed = one.workspace.seed
        org_wide = key == seed.enterprise_id
        return {
            "app_id": seed.app_id,
            "bot_user_id": seed.bot_user_id,
            "authed_user": {"id": seed.users[0].id},
            "team": None if org_wide else {"id": seed.team_id, "name": seed.team_name},
            "enterprise": {"id": seed.enterprise_id, "name": "The organisation"} if org_wide else None,
            "is_enterprise_install": org_wide,
        }

    def _meant(self, key: str, args: Mapping[str, str]) -> tuple[str, RunningWorkspace]:
        """Whom a call is for: an organisation's token leaves that to the arguments. Raises ApiError."""
        found = self._of_key(key)
        if len(found) == 1 or not args:
            return next(iter(found.items()))
        if args.get("team_id"):
            if args["team_id"] not in found:
                raise ApiError("team_not_found")
            return args["team_id"], found[args["team_id"]]
        for team, one in found.items():
            state = one.workspace.state
            known = {*state.channels, *state.users}
            seen: bool = one.do(_knows, one.workspace, args.get("trigger_id", ""), args.get("view_id", ""))
            if seen or known & set(args.values()):
                return team, one
        return next(iter(found.items()))

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        """Files, uploads and response URLs, which carry their workspace in the path."""
        one = self._by_team.get(request.match_info["team"])
        if one is None:
            return web.Response(status=404)
        token = _bearer(request)
        if token:
            try:
                if self.grants.key_of(token) not in (
                    one.workspace.seed.team_id,
                    one.workspace.seed.enterprise_id,
                ):
                    raise ApiError("invalid_auth")
            except ApiError:
                return web.Response(status=403)
        return await self._pass_on(request, one, request.match_info["rest"], await request.read())

    async def _pass_on(
        self, request: web.Request, one: RunningWorkspace, path: str, body: bytes
    ) -> web.StreamResponse:
        if self._session is None:
            raise RuntimeError("not started")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        if _bearer(request) or path.startswith("api/"):
            headers["Authorization"] = f"Bearer {one.bot_token}"
        address = f"http://127.0.0.1:{one.server.port}/{path}"
        async with self._session.request(
            request.method, address, params=request.query, data=body, headers=headers
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() in _ANSWERED}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


def _join(workspace: Workspace, first: Workspace, url: str) -> None:
    """Put a workspace behind the common address; an organisation has its files in common too."""
    workspace.state.base_url = url
    workspace.uploads, workspace.state.files = first.uploads, first.state.files


def _knows(workspace: Workspace, trigger: str, view: str) -> bool:
    views = {one.id for user in workspace.state.users for one in workspace.modals.of(user)}
    return bool(view and view in views) or bool(trigger and workspace.triggers.knows(trigger))


def _basic(request: web.Request) -> bool:
    return request.headers.get("Authorization", "").lower().startswith("basic ")


def _bearer(request: web.Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _arguments(request: web.Request, body: bytes) -> dict[str, str]:
    found = dict(request.query)
    if request.content_type == "application/json":
        given = json.loads(body or b"{}")
        found |= {name: value for name, value in given.items() if isinstance(value, str)}
    elif request.content_type == "application/x-www-form-urlencoded":
        found |= dict(parse_qsl(body.decode("utf-8", "replace")))
    return found
