"""Cursors: long lists in pages, as Slack gives them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Message
from sandbox.workspace.web_api.calls import MOST_ITEMS, Args

T = TypeVar("T")


def page(args: Args, items: Sequence[T], default: int = 100) -> tuple[Sequence[T], JsonObject]:
    """The items that `limit` and `cursor` ask for, and the `response_metadata` with the next cursor.

    Raises ApiError invalid_limit or invalid_cursor.
    """
    limit = args.number("limit", default) or default
    if not 0 < limit <= MOST_ITEMS:
        raise ApiError("invalid_limit")
    start = _place(args.text("cursor"))
    end = start + limit
    cursor = base64.b64encode(f"at:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": cursor}


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "at":
            return int(place)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ApiError("invalid_cursor") from error
    raise ApiError("invalid_cursor")


def between(args: Args, stamps: Sequence[Message]) -> list[Message]:
    """The messages whose stamp lies between `oldest` and `latest`, ends included if asked for."""
    oldest, latest, inclusive = args.text("oldest"), args.text("latest"), args.flag("inclusive")

    def fits(ts: str) -> bool:
        value = float(ts)
        if inclusive and ts in (oldest, latest):
            return True
        return (not oldest or value > float(oldest)) and (not latest or value < float(latest))

    try:
        return [one for one in stamps if fits(one.ts)]
    except ValueError as error:
        raise ApiError("invalid_ts_latest") from error
