"""What somebody searches for: words, and conditions such as ``owner:me since:30d gain>10 status:accepted``."""

from __future__ import annotations

import re
import time
from typing import Any, get_args

from storage.prompt_record import PromptStatus
from storage.search_filters import SearchFilters, TaskKind

_CONDITION = re.compile(
    r"(?:^|(?<=\s))(?:(?P<name>owner|channel|since|status|kind):(?P<value>\S+)|gain\s?>=?\s?(?P<gain>\d+(?:\.\d+)?)%?)"
    r"(?=\s|$)",
    re.IGNORECASE,
)
_USER = re.compile(r"<?@?(?P<id>[UW][A-Z0-9]{5,30})(?:\|[^>]*)?>?")
_CHANNEL = re.compile(r"<?#?(?P<id>[CGD][A-Z0-9]{5,30})(?:\|[^>]*)?>?")
_AGE = re.compile(r"(?P<number>\d{1,4})(?P<unit>[hdwm])")
_SECONDS = {"h": 3_600, "d": 86_400, "w": 7 * 86_400, "m": 30 * 86_400}


def read_search(text: str, user: str, now: float | None = None) -> tuple[str, SearchFilters]:
    """Split ``text`` into its words and its conditions; what is no condition that we know stays a word.

    ``owner:me`` is ``user``; ``gain`` above 1 counts in points, else as a share.
    """
    found: dict[str, Any] = {}

    def take(match: re.Match[str]) -> str:
        if match["gain"] is not None:
            gain = float(match["gain"])
            found["gain"] = gain / 100 if gain >= 1 else gain
            return " "
        name, value = match["name"].lower(), match["value"]
        read = _read(name, value, user, time.time() if now is None else now)
        if read is None:
            return match[0]
        found[name] = read
        return " "

    words = _CONDITION.sub(take, text)
    return " ".join(words.split()), SearchFilters(**found)


def _read(name: str, value: str, user: str, now: float) -> Any:
    if name == "owner":
        person = _USER.fullmatch(value)
        return user if value.lower().lstrip("@") == "me" else person and person["id"]
    if name == "channel":
        channel = _CHANNEL.fullmatch(value)
        return channel and channel["id"]
    if name == "since":
        age = _AGE.fullmatch(value.lower())
        return age and now - int(age["number"]) * _SECONDS[age["unit"]]
    known = get_args(PromptStatus) if name == "status" else get_args(TaskKind)
    return value.lower() if value.lower() in known else None
