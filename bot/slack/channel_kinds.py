"""What Slack's marks on a channel mean: who may be in it, who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHARED = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")
_CLOSED = ("is_private", "is_mpim", "is_group", "is_ext_shared", "is_pending_ext_shared")


def is_closed(channel: Mapping[str, Any]) -> bool:
    """Whether a channel is for its members alone; one with another organisation in it counts as such."""
    return any(channel.get(mark) for mark in _CLOSED)


def is_shared(channel: Mapping[str, Any]) -> bool:
    """Whether people of other workspaces may be in a channel."""
    return any(channel.get(mark) for mark in _SHARED)
