"""Who may see what: one rule, read by Python, by SQL and by Chroma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

PlaceKind = Literal["public", "private", "dm", "terminal"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run was started. ``private`` covers group messages; a terminal has no team and no channel."""

    team: str
    channel: str
    kind: PlaceKind
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. ``channels`` are the private channels that the person is a member of *now*.

    Of a ``guest`` (single- or multi-channel, or from another organisation) ``channels`` must hold
    the public channels too: a guest sees no others. ``everything`` is for the owner of the machine
    at a terminal. ``unsure`` tells that nobody could say what the person may see, so that it is less
    here than it may be.
    """

    user: str
    team: str
    channels: frozenset[str] = frozenset()
    everything: bool = False
    guest: bool = False
    unsure: bool = False


FIELDS = ("owner_key", "channel_key", "audience")
"""The columns (SQLite) and metadata fields (Chroma) that the rule looks at."""

Alternative: TypeAlias = Mapping[str, frozenset[str]]
"""Field -> allowed values; all fields of an alternative must match."""


def marks(owner: str, place: Place, only_me: bool) -> dict[str, str]:
    """Return the values of ``FIELDS`` under which a record is stored."""
    if only_me:
        audience = "owner"
    elif place.kind == "public":
        audience = _key("workspace", place.team)
    elif place.kind == "private" and place.channel:
        audience = _key("members", place.team, place.channel)
    else:
        audience = "owner"
    return {
        "owner_key": _key(place.team, owner),
        "channel_key": _key(place.team, place.channel),
        "audience": audience,
    }


@lru_cache(maxsize=1_000)
def alternatives(viewer: Viewer) -> tuple[Alternative, ...] | None:
    """Return the rule for ``viewer``: a record is seen when one alternative matches; None sees everything.

    The owner always sees a record; what was made in a public channel is for the workspace, in a
    private one for its members now, in a direct message or at a terminal for the owner alone.
    In doubt (an unknown person or team) nothing is seen. The answer is shared: do not change it.
    """
    if viewer.everything:
        return None
    if not viewer.user or not viewer.team:
        return ()
    own: Alternative = {"owner_key": frozenset({_key(viewer.team, viewer.user)})}
    workspace = _key("workspace", viewer.team)
    channels = [channel for channel in viewer.channels if channel]
    member_of = frozenset(_key("members", viewer.team, channel) for channel in channels)
    if not viewer.guest:
        return own, {"audience": member_of | {workspace}}
    if not channels:
        return (own,)
    shared = frozenset(_key(viewer.team, channel) for channel in channels)
    return own, {"audience": member_of}, {"audience": frozenset({workspace}), "channel_key": shared}


def may_see(viewer: Viewer, record_owner: str, place: Place, only_me: bool) -> bool:
    """Tell whether ``viewer`` may see a record of ``record_owner`` that was made at ``place``."""
    rule = alternatives(viewer)
    if rule is None:
        return True
    record = marks(record_owner, place, only_me)
    return any(all(record[field] in allowed for field, allowed in one.items()) for one in rule)


def readers(place: Place, owner: Viewer, *, insiders: bool) -> tuple[Viewer, ...]:
    """Return who reads the thread of a run at ``place``: what all of them may see may stand there.

    ``owner`` is the run's owner as seen now. Others stand for everybody else: a member of the channel, or
    of the workspace where it is public; and unless they are all ``insiders`` (full members of the
    workspace) a guest, who sees what was made in that channel and no more. That the owner keeps a run for
    themselves hides it from lists; its thread is read all the same.
    """
    if owner.team != place.team:
        return (Viewer("", ""),)
    if place.kind in ("dm", "terminal"):
        return (owner,)
    here = frozenset({place.channel} if place.channel else ())
    member = Viewer(_READERS, place.team, here if place.kind == "private" else frozenset())
    if insiders:
        return owner, member
    return owner, member, Viewer(_READERS, place.team, here, guest=True)


_READERS = "*readers*"
"""Stands for nobody in particular; no Slack id looks like it, so it owns nothing."""


def sql_condition(viewer: Viewer, table: str) -> tuple[str, list[str]]:
    """Return the rule as an SQL condition on ``table``'s ``FIELDS``, and its parameters."""
    rule = alternatives(viewer)
    if rule is None:
        return "1", []
    parts: list[str] = []
    values: list[str] = []
    for one in rule:
        terms = []
        for field, allowed in one.items():
            terms.append(f"{table}.{field} IN ({', '.join('?' * len(allowed))})")
            values += sorted(allowed)
        parts.append(f"({' AND '.join(terms)})")
    return f"({' OR '.join(parts)})" if parts else "0", values


def chroma_where(viewer: Viewer) -> dict[str, Any] | None:
    """Return the rule as Chroma's ``where``; None means no filter (the viewer sees everything).

    A viewer who may see nothing gets a filter that matches nothing.
    """
    rule = alternatives(viewer)
    if rule is None:
        return None
    parts = [
        _chroma_all([{field: {"$in": sorted(allowed)}} for field, allowed in one.items()]) for one in rule
    ]
    if not parts:
        return {"audience": {"$in": ["nobody"]}}
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _chroma_all(terms: list[dict[str, Any]]) -> dict[str, Any]:
    return terms[0] if len(terms) == 1 else {"$and": terms}


def _key(*parts: str) -> str:
    return "/".join(quote(part, safe="", errors="replace") for part in parts)
