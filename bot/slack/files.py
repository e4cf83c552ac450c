"""Fetches files that people attached: with our token, from Slack only, never more than allowed."""

from __future__ import annotations

import http.client
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message as Headers
from typing import IO
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.request import FileRef
from bot.config import MEGABYTE
from bot.slack.clients import TOKEN_REFUSED, Clients, NotInstalled
from bot.slack.slack_errors import error_code, retry_after
from optimizer.errors import InputError

logger = logging.getLogger(__name__)

SLACK_HOSTS = ("slack.com", "slack-edge.com", "slack-files.com")
_CHUNK = 64 * 1024
_TIMEOUT = 60.0
_ATTEMPTS = 5
_LONGEST_WAIT = 30.0
_BUSY = frozenset({429, 500, 502, 503, 504})
_FORBIDDEN = frozenset({401, 403})
_GONE = frozenset({404, 410})


class _SameHostRedirect(urllib.request.HTTPRedirectHandler):
    """Follows a redirect, but never takes the token along to another host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage | Headers,
        newurl: str,
    ) -> urllib.request.Request | None:
        following = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if following is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            following.remove_header("Authorization")
        return following


class _Busy(Exception):
    """Slack has no time just now; ``wait`` is in seconds, 0 when it named none."""

    def __init__(self, wait: float) -> None:
        super().__init__("busy")
        self.wait = wait


class _TokenRefused(Exception):
    """Slack did not take the token, or has nothing for it; ``told`` is for the person when no other one helps."""

    def __init__(self, told: InputError) -> None:
        super().__init__("token refused")
        self.told = told


class FileFetcher:
    """Fetches by ``url_private``; hosts other than Slack's (or the API's own) are refused."""

    def __init__(
        self, clients: Clients, api_host: str, max_bytes: int, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clients = clients
        self._api_host = api_host
        self._max_bytes = max_bytes
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_SameHostRedirect())

    def fetch(self, team: str, ref: FileRef) -> bytes:
        """Return the bytes of a file of the workspace ``team``. Waits for Slack when it is busy, up to some minutes.

        Raises:
            InputError: it is too large, gone, not readable for the bot, or not at Slack.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._fetch(team, ref)
            except _Busy as busy:
                self._sleep(min(_LONGEST_WAIT, busy.wait or 2.0**attempt))
        try:
            return self._fetch(team, ref)
        except _Busy as busy:
            raise _not_now(ref) from busy

    def _fetch(self, team: str, ref: FileRef) -> bytes:
        try:
            client = self._clients.of(team)
            try:
                return self._fetch_with(client, ref)
            except _TokenRefused as refusal:
                # It may have run out while the file waited for its turn. A token that is still the one is no help.
                other = self._clients.of(team, refused=str(client.token))
                if other.token == client.token:
                    raise refusal.told from refusal
            try:
                return self._fetch_with(other, ref)
            except _TokenRefused as refusal:
                raise refusal.told from refusal
        except NotInstalled as error:
            raise _gone(ref, 0) from error
        except (OSError, http.client.HTTPException) as error:
            raise _not_now(ref) from error

    def _fetch_with(self, client: WebClient, ref: FileRef) -> bytes:
        url = ref.url or self._address(client, ref)
        if not self._allowed(url):
            raise InputError(
                f"{ref.name} is not stored at Slack, so it was not fetched.",
                "Upload the file itself instead of a link.",
                file=ref.name,
            )
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked just above
            url, headers={"Authorization": f"Bearer {client.token}"}
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as response:
                data = self._read(ref, response)
                kind, led_away = response.headers.get_content_type(), response.geturl() != url
        except urllib.error.HTTPError as error:
            raise _refused(ref, error.code, error.headers.get("Retry-After", "")) from error
        page = _web_page(ref, kind, data)
        if page is not None:
            raise _TokenRefused(page) if led_away else page
        return data

    def _address(self, client: WebClient, ref: FileRef) -> str:
        try:
            return str(client.files_info(file=ref.id)["file"].get("url_private", ""))
        except (SlackClientError, OSError) as error:
            if retry_after(error) or error_code(error) == "ratelimited":
                raise _Busy(retry_after(error)) from error
            gone = _gone(ref, 0)
            raise _TokenRefused(gone) if error_code(error) in TOKEN_REFUSED else gone from error

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.netloc == self._api_host:
            return parts.scheme in ("http", "https")
        host = (parts.hostname or "").lower()
        return parts.scheme == "https" and any(host == own or host.endswith("." + own) for own in SLACK_HOSTS)

    def _read(self, ref: FileRef, response: http.client.HTTPResponse) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := response.read(_CHUNK):
            size += len(piece)
            if size > self._max_bytes:
                raise too_large(ref.name, self._max_bytes)
            pieces.append(piece)
        return b"".join(pieces)


def too_large(name: str, max_bytes: int, size: int = 0) -> InputError:
    """The error for a file over the limit; ``size`` in bytes when it is known."""
    much = f"{size / MEGABYTE:.0f} MB" if size else f"more than {max_bytes // MEGABYTE} MB"
    return InputError(
        f"{name} has {much}; {max_bytes // MEGABYTE} MB is the most that is read.",
        "Attach a part of it: a few hundred rows are plenty.",
        file=name,
    )


def _refused(ref: FileRef, status: int, named: str) -> Exception:
    """What a status other than 200 means: busy, forbidden, gone, or something that nobody knows."""
    logger.info("file %s: status %d", ref.id, status)
    if status in _BUSY:
        return _Busy(float(named) if named.isdecimal() else 0.0)
    if status in _FORBIDDEN:
        return _TokenRefused(_gone(ref, status))
    return _gone(ref, status) if status in _GONE else _not_now(ref)


def _not_now(ref: FileRef) -> InputError:
    return InputError(
        f"{ref.name} could not be fetched from Slack.", "Press Try again in a minute.", file=ref.name
    )


def _gone(ref: FileRef, status: int) -> InputError:
    logger.info("file %s: status %d", ref.id, status)
    return InputError(
        f"{ref.name} is no longer there, or I may not read it.",
        "Attach it again; if that fails, an admin has to give the app the scope files:read.",
        file=ref.name,
    )


def _web_page(ref: FileRef, kind: str, data: bytes) -> InputError | None:
    """Slack answers 200 with its login page when the scope is missing; people attach saved web pages too."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not (
        head.startswith((b"<!doctype html", b"<html")) or (kind == "text/html" and head.startswith(b"<"))
    ):
        return None
    return InputError(
        f"{ref.name} holds a web page instead of data.",
        "Export the data as CSV or JSONL and attach that. If the file is fine on your computer, "
        "the app lacks the scope files:read: ask an admin to reinstall it.",
        file=ref.name,
    )
