"""The HTTP server around a workspace."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from sandbox.workspace.errors import ApiError
from sandbox.workspace.file_routes import FileRoutes
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.mock_api import MockApi
from sandbox.workspace.options import Options
from sandbox.workspace.origin_guard import origin_guard
from sandbox.workspace.page_api import PageApi
from sandbox.workspace.people.answers import post_answer
from sandbox.workspace.web_api.door import WebApi
from sandbox.workspace.workspace import Workspace

LARGEST_REQUEST_BYTES = 80 * 1024 * 1024


@dataclass(slots=True)
class Server:
    """A started server; `close` ends it."""

    workspace: Workspace
    runner: web.AppRunner
    port: int

    @property
    def url(self) -> str:
        """Where the page is, with a slash at the end."""
        return self.workspace.state.base_url

    def ready_line(self) -> JsonObject:
        """What a starter needs to know to connect an app."""
        seed = self.workspace.seed
        return {
            "ready": "workspace",
            "url": self.url,
            "api_url": f"{self.url}api/",
            "bot_token": seed.bot_token,
            "app_token": seed.app_token,
            "signing_secret": seed.signing_secret,
        }

    async def close(self) -> None:
        """Stop serving."""
        await self.workspace.close()
        await self.runner.cleanup()


async def start_server(options: Options) -> Server:
    """Start a workspace on `options.host` and `options.port` (0 for any free port)."""
    workspace = Workspace(options)
    runner = web.AppRunner(build_app(workspace), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    port: int = runner.addresses[0][1]
    shown_host = f"[{options.host}]" if ":" in options.host else options.host
    workspace.state.base_url = f"http://{shown_host}:{port}/"
    return Server(workspace, runner, port)


def build_app(workspace: Workspace) -> web.Application:
    """The routes of all sides of a workspace."""
    app = web.Application(
        client_max_size=LARGEST_REQUEST_BYTES, middlewares=[origin_guard(workspace.options.host)]
    )
    app.router.add_route("*", "/api/{method}", WebApi(workspace).handle)
    app.router.add_get("/link/", workspace.socket_mode.serve)
    app.router.add_post("/response/{key}", _Responses(workspace).handle)
    FileRoutes(workspace).add_to(app)
    page = PageApi(workspace)
    page.add_to(app)
    MockApi(workspace, page).add_to(app)
    return app


class _Responses:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def handle(self, request: web.Request) -> web.Response:
        try:
            answer = await request.json()
            if not isinstance(answer, dict):
                raise ApiError("invalid_payload")
            place = self._workspace.responses.use(request.match_info["key"])
            post_answer(self._workspace, place, answer)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except ApiError as error:
            if error.code in ("used_url", "expired_url"):
                return web.json_response({"ok": False, "error": error.code}, status=404)
            return web.json_response(
                {"ok": False, "error": error.code, "response_metadata": {"messages": list(error.messages)}},
                status=200 if error.code == "invalid_blocks" else 500,
            )
        return web.Response(text="ok")
