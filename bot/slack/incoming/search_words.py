"""What somebody searches for: words, and conditions such as ``owner:me since:30d gain>10 status:accepted``."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any, Protocol, get_args

from storage.prompt_record import PromptStatus
from storage.search_filters import SearchFilters, TaskKind

_CONDITION = re.compile(
    r"(?:^|(?<=\s))(?:(?P<name>owner|channel|since|status|kind):(?P<value>@?\"[^\"\n]{1,80}\"|\S+)"
    r"|gain\s?>=?\s?(?P<gain>\d+(?:\.\d+)?)%?)(?=\s|$)",
    re.IGNORECASE,
)
_USER = re.compile(r"<?@?(?P<id>[UW][A-Z0-9]{5,30})(?:\|[^>]*)?>?")
_CHANNEL = re.compile(r"<?#?(?P<id>[CGD][A-Z0-9]{5,30})(?:\|[^>]*)?>?")
_OWNER_ID = re.compile(r"(?:^|(?<=\s))owner:([UW][A-Z0-9]{5,30})(?=\s|$)")
_CHANNEL_ID = re.compile(r"(?:^|(?<=\s))channel:([CG][A-Z0-9]{5,30})(?=\s|$)")
_HERE = re.compile(r"(?:^|(?<=\s))channel:#?here(?=\s|$)", re.IGNORECASE)
_AGE = re.compile(r"(?P<number>\d{1,4})(?P<unit>[hdwm])")
_SECONDS = {"h": 3_600, "d": 86_400, "w": 7 * 86_400, "m": 30 * 86_400}


class Names(Protocol):
    """Knows whose and which name somebody typed."""

    def person(self, name: str) -> str:
        """Return a user id; empty when nobody, or more than one, is called so."""
        ...

    def channel(self, name: str) -> str:
        """Return the id of a channel that the asker may know; empty when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; ``unknown`` are conditions that nobody understands, and that narrow nothing."""

    words: str
    filters: SearchFilters
    unknown: tuple[str, ...] = ()


def read_search(text: str, user: str, names: Names, now: float | None = None) -> Search:
    """Split ``text`` into its words and its conditions.

    ``owner:me`` is ``user``; names with spaces stand in quotes; ``gain`` above 1 counts in points, else as
    a share.
    """
    found: dict[str, Any] = {}
    unknown: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match["gain"] is not None:
            gain = float(match["gain"])
            found["gain"] = gain / 100 if gain >= 1 else gain
            return " "
        name, value = match["name"].lower(), match["value"]
        read = _read(name, value, user, names, time.time() if now is None else now)
        if read:
            found[name] = read
        else:
            unknown.append(match[0].strip())
        return " "

    words = _CONDITION.sub(take, text)
    return Search(" ".join(words.split()), SearchFilters(**found), tuple(unknown))


def with_here(text: str, channel: str) -> str:
    """Put the id of ``channel`` in the place of ``channel:here``."""
    return _HERE.sub(f"channel:{channel}", text) if channel else text


def chosen_in(text: str) -> tuple[str, str, str]:
    """Take ids out of a search's text that a menu chooses better: the rest, the owner's id, the channel's id."""
    owner, channel = _OWNER_ID.search(text), _CHANNEL_ID.search(text)
    rest = _CHANNEL_ID.sub(" ", _OWNER_ID.sub(" ", text))
    return " ".join(rest.split()), owner[1] if owner else "", channel[1] if channel else ""


def _read(name: str, value: str, user: str, names: Names, now: float) -> Any:
    if name == "owner":
        person = _USER.fullmatch(value)
        if value.lower().lstrip("@") == "me":
            return user
        return person["id"] if person else names.person(value)
    if name == "channel":
        channel = _CHANNEL.fullmatch(value)
        return channel["id"] if channel else names.channel(value)
    if name == "since":
        age = _AGE.fullmatch(value.lower())
        return age and now - int(age["number"]) * _SECONDS[age["unit"]]
    known = get_args(PromptStatus) if name == "status" else get_args(TaskKind)
    return value.lower() if value.lower() in known else None
