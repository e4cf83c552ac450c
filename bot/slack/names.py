"""People and channels by the names that a person types: Slack hands a command's text over as it was typed."""

from __future__ import annotations

from bot.slack.directory import Directory
from bot.slack.kept_places import KeptPlaces
from bot.slack.members import Members


class Names:
    """Finds ids. A channel is found only by those who may know that there is one of that name."""

    def __init__(self, members: Members, directory: Directory, places: KeptPlaces) -> None:
        self._members = members
        self._directory = directory
        self._places = places

    def person(self, team: str, name: str) -> str:
        """Return the id of the one person of this name, empty when there is none or several.

        The name that is unique in a workspace comes before display names.
        """
        wanted = _bare(name, "@")
        people = (self._directory.people(team) or {}).values()
        exact = [one.id for one in people if one.name == wanted]
        found = exact or [one.id for one in people if wanted in one.other_names]
        return found[0] if wanted and len(found) == 1 else ""

    def channel(self, team: str, user: str, name: str) -> str:
        """Return the id of a channel that ``user`` is in, or that everybody may read; empty when there is none."""
        wanted = _bare(name, "#")
        for channel, own in self._members.conversations(user, team).items():
            if wanted and own.lower() == wanted:
                return channel
        if self._members.viewer(user, team).guest:
            return ""
        return self._places.public_named(team, wanted)


def _bare(name: str, sign: str) -> str:
    return " ".join(name.strip().strip('"').removeprefix(sign).lower().split())
