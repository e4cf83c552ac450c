"""Reading and uploading of file contents over HTTP, for the app and for the page."""

from __future__ import annotations

from aiohttp import web

from sandbox.workspace.errors import ApiError
from sandbox.workspace.filetypes import may_be_shown_inline
from sandbox.workspace.records import StoredFile
from sandbox.workspace.workspace import Workspace

DOWNLOAD = "files-pri"
"""What faults call the reading of a file's content; they name a status."""
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    "<body><h1>Sign in to the workspace</h1></body></html>"
)


class FileRoutes:
    """`/files-pri/…` and `/upload/v1/…` for the app, `/files/…` for the page."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/files-pri/{id}/{name}", self.private)
        app.router.add_post("/upload/v1/{key}", self.receive)
        app.router.add_get("/files/{id}/{name}", self.for_page)

    async def private(self, request: web.Request) -> web.Response:
        """A file for a bearer token; without the right to read files, Slack's login page with status 200."""
        fault = self._workspace.faults.take(DOWNLOAD)
        if fault is not None:
            headers = {**_guards(), "Retry-After": str(fault.retry_after)}
            return web.Response(status=fault.status, text=fault.error, headers=headers)
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        token = self._workspace.state.tokens.get(value.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.kind != "bot" or "files:read" not in token.scopes:
            return web.Response(text=LOGIN_PAGE, content_type="text/html", headers=_guards())
        try:
            stored = self._workspace.state.file_seen_by(
                request.match_info["id"], self._workspace.seed.bot_user_id
            )
        except ApiError:
            return web.Response(status=404, text="file not found", headers=_guards())
        return file_response(stored)

    async def receive(self, request: web.Request) -> web.Response:
        """The bytes of an announced upload, raw or as the one part of a form."""
        data = await _sent_bytes(request)
        try:
            self._workspace.uploads.receive(request.match_info["key"], data)
        except ApiError as error:
            return web.Response(status=404 if error.code == "file_not_found" else 400, text=error.code)
        return web.Response(text=f"OK - {len(data)}")

    async def for_page(self, request: web.Request) -> web.Response:
        """A file for the page, which runs on this machine and needs no token."""
        stored = self._workspace.state.files.get(request.match_info["id"])
        if stored is None:
            return web.Response(status=404, text="file not found")
        return page_response(stored)


async def _sent_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
        if isinstance(value, str):
            return value.encode()
    return b""


def file_response(stored: StoredFile) -> web.Response:
    """The bytes of a file as Slack gives them to an app."""
    return web.Response(
        body=stored.data,
        content_type=stored.mimetype,
        headers={**_guards(), "Content-Disposition": "attachment"},
    )


def page_response(stored: StoredFile) -> web.Response:
    """The bytes of a file for a browser: images as such, text as plain text, the rest only for saving."""
    if may_be_shown_inline(stored.mimetype):
        return web.Response(body=stored.data, content_type=stored.mimetype, headers=_guards())
    harmless = "text/plain" if stored.mimetype.startswith("text/") else "application/octet-stream"
    return web.Response(
        body=stored.data,
        content_type=harmless,
        headers={**_guards(), "Content-Disposition": "attachment"},
    )


def _guards() -> dict[str, str]:
    return {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
