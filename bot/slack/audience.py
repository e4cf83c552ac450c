"""Who reads what the bot posts in a channel: full members of the workspace alone, or others too."""

from __future__ import annotations

import logging

from bot.slack.clients import NO_ANSWER
from bot.slack.directory import Directory
from bot.slack.members import Members
from storage.visibility import Place, Viewer, readers

logger = logging.getLogger(__name__)


class Audience:
    """In doubt, others are there too."""

    def __init__(self, members: Members, directory: Directory) -> None:
        self._members = members
        self._directory = directory

    def readers(self, owner: str, place: Place) -> tuple[Viewer, ...]:
        """Return who reads a thread at ``place``, as ``storage.visibility.readers`` tells them apart."""
        here = self._members.channel(place.team, place.channel) if place.kind != "dm" else None
        if here is not None and here.kind != "dm":
            place = Place(place.team, place.channel, here.kind)  # it may have changed since
        viewer = self._members.viewer(owner, place.team)
        return readers(place, viewer, insiders=place.kind == "dm" or self.insiders(place.team, place.channel))

    def insiders(self, team: str, channel: str) -> bool:
        """Tell whether all who read a channel are full members of its workspace."""
        facts = self._members.channel(team, channel)
        people = self._directory.people(team)
        if facts.shared or people is None:
            return False
        if facts.kind == "public" and not any(person.guest for person in people.values()):
            return True  # whoever is in it is in the list, and everybody there may read everything public
        try:
            inside = self._members.people_of(team, channel)
        except NO_ANSWER as error:
            logger.info("cannot tell who reads %s: %s", channel, type(error).__name__)
            return False
        return inside is not None and all(one in people and not people[one].guest for one in inside)
