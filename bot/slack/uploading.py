"""Uploads files in Slack's three steps, their ids told before there is anything at Slack to lose sight of."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

TellIds = Callable[[Mapping[str, str]], None]
"""Hears of files: Slack's id -> name."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to post. ``alt`` describes a picture in words."""

    name: str
    data: bytes
    title: str
    alt: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where files appear: a thread (or a channel, without ``thread_ts``), under a comment or none."""

    channel: str
    thread_ts: str = ""
    comment: str = ""


def upload_files(client: WebClient, files: Sequence[Attachment], spot: Spot, tell: TellIds) -> str:
    """Upload files as one message and return the first one's id.

    ``tell`` hears the ids when Slack has given them and nothing is sent yet: whoever dies after that
    knows the files, also those that appear although nobody saw the answer. It hears them once more
    in the end, for what was deleted meanwhile. Files that never come to their end Slack forgets.
    (https://docs.slack.dev/reference/methods/files.getUploadURLExternal, …/files.completeUploadExternal)

    Raises:
        SlackApiError: Slack refused a step. OSError: it could not be reached.
    """
    places = [_place_for(client, file) for file in files]
    ids = {str(place["file_id"]): file.name for place, file in zip(places, files, strict=True)}
    tell(ids)
    for place, file in zip(places, files, strict=True):
        _send(client, str(place["upload_url"]), file.data)
    client.files_completeUploadExternal(
        files=[{"id": name, "title": file.title} for name, file in zip(ids, files, strict=True)],
        channel_id=spot.channel,
        initial_comment=spot.comment or None,
        thread_ts=spot.thread_ts or None,
    )
    tell(ids)
    return next(iter(ids))


def _place_for(client: WebClient, file: Attachment) -> Any:
    return client.files_getUploadURLExternal(
        filename=file.name,
        length=len(file.data),
        alt_txt=file.alt[:1000] or None,
        snippet_type=file.snippet or None,
    )


def _send(client: WebClient, url: str, data: bytes) -> None:
    """Send the content to the address that Slack named; the address is the permission, no token goes along."""
    proxies = {"http": client.proxy, "https": client.proxy} if client.proxy else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=client.ssl)
    )
    request = urllib.request.Request(url, data, method="POST")  # noqa: S310 - Slack's own answer names it
    with opener.open(request, timeout=client.timeout) as response:
        response.read()
