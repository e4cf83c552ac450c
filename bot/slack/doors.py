"""The one place that decides what a person may see and change; every listener asks here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.blocks import Message
from bot.slack.escaping import Markup, markup
from bot.slack.members import Members
from bot.slack.messages.notices import NOT_TOLD, not_allowed, notice
from optimizer.errors import InputError
from storage.prompts import PromptRecord
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Viewer, may_see


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is at the door, and from which workspace."""

    user: str
    team: str


class Refused(Exception):
    """Somebody may not do what they asked for; ``content`` is for their eyes alone.

    ``words`` says the same where nothing but plain text can stand, as at the field of a form.
    """

    def __init__(self, content: Message, words: str = "") -> None:
        super().__init__("refused")
        self.content = content
        self.words = words or content.text


class Doors:
    """Raises ``Refused`` where a door stays closed; what is hidden and what does not exist look alike."""

    def __init__(self, store: Store, members: Members, admins: frozenset[str]) -> None:
        self._store = store
        self._members = members
        self._admins = admins

    def viewer(self, asker: Asker) -> Viewer:
        """What ``asker`` may see now; with every doubt, only what they own."""
        return self._members.viewer(asker.user, asker.team)

    def may_change(self, asker: Asker, owner: str) -> bool:
        """Whether ``asker`` may change what belongs to ``owner`` of the same workspace: owners and admins may.

        An admin is named by user id, or by workspace and user id.
        """
        admin = asker.user in self._admins or f"{asker.team}/{asker.user}" in self._admins
        return bool(asker.user) and (asker.user == owner or admin)

    def run(self, run_id: str, asker: Asker) -> RunRecord:
        """Return a run that ``asker`` may see.

        Raises:
            Refused: there is none.
        """
        run = self._visible(run_id, asker)
        if run is None:
            raise Refused(self._unknown_run(run_id, asker))
        return run

    def own_run(self, run_id: str, asker: Asker) -> RunRecord:
        """Return a run that ``asker`` may change.

        Raises:
            Refused: there is none, or it belongs to somebody else.
        """
        run = self._run(run_id, asker)
        if run is not None and self.may_change(asker, run.owner):
            return run
        seen = self._visible(run_id, asker)
        raise Refused(self._unknown_run(run_id, asker) if seen is None else not_allowed(seen.owner))

    def prompt(self, prompt_id: str, asker: Asker) -> PromptRecord:
        """Return a stored prompt that ``asker`` may see.

        Raises:
            Refused: there is none.
        """
        viewer = self.viewer(asker)
        try:
            return self._store.prompts.get(prompt_id, viewer)
        except InputError:
            text = markup("There is no prompt {prompt} that you can see.", prompt=prompt_id)
            raise Refused(notice(_or_not_told(text, viewer))) from None

    def own_prompt(self, prompt_id: str, asker: Asker) -> PromptRecord:
        """Return a stored prompt that ``asker`` may see and change.

        Raises:
            Refused: there is none, or it belongs to somebody else.
        """
        record = self.prompt(prompt_id, asker)
        if not self.may_change(asker, record.owner):
            raise Refused(not_allowed(record.owner))
        return record

    def may_post(self, channel: str, asker: Asker) -> bool | None:
        """Whether ``asker`` may have something posted in ``channel``: never where they are no member.

        None when Slack does not tell: then not either.
        """
        facts = self._members.channel(asker.team, channel)
        if facts.kind == "dm":
            return facts.person == asker.user
        return self._members.is_member(asker.user, asker.team, channel)

    def _unknown_run(self, run_id: str, asker: Asker) -> Message:
        text = markup("There is no run {run} that you can see.", run=run_id)
        return notice(_or_not_told(text, self.viewer(asker)))

    def _visible(self, run_id: str, asker: Asker) -> RunRecord | None:
        viewer = self.viewer(asker)  # before the run is read: asking brings up to date what is public
        run = self._run(run_id, asker)
        return run if run and may_see(viewer, run.owner, run.place, run.only_me) else None

    def _run(self, run_id: str, asker: Asker) -> RunRecord | None:
        try:
            run = self._store.runs.get(run_id)
        except InputError:
            return None
        return run if run.place.team == asker.team else None


def asker_of(body: Mapping[str, Any]) -> Asker:
    """Who sent a command, an interaction or an event; empty names see and change nothing."""
    event = body.get("event") or {}
    user = body.get("user_id") or (body.get("user") or {}).get("id") or event.get("user")
    return Asker(str(user or ""), team_of(body))


def team_of(body: Mapping[str, Any]) -> str:
    """The workspace through which the bot was reached, whose data it is about.

    In a channel that is shared with another organisation, an event's ``team_id`` and its author's may be
    theirs; ``authorizations`` names the installation that it was sent for, a view the one that opened it
    (https://docs.slack.dev/apis/slack-connect).
    """
    granted = (body.get("authorizations") or [{}])[0]
    team = (
        (body.get("view") or {}).get("app_installed_team_id")
        or granted.get("team_id")
        or body.get("context_team_id")
        or body.get("team_id")
        or (body.get("team") or {}).get("id")
    )
    return str(team or (body.get("user") or {}).get("team_id") or "")


def _or_not_told(text: Markup, viewer: Viewer) -> Markup:
    """With a doubt, neither what is hidden nor what does not exist is denied."""
    return Markup(f"{text.text} {NOT_TOLD} Try again in a minute.") if viewer.unsure else text
