"""Starting a run, by whatever way it was asked for: the same request twice is one run."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from bot.background.carried_tests import with_tests_of_parent
from bot.slack.doors import Asker, Refused
from bot.slack.escaping import Markup
from bot.slack.form_inputs import FormContext, Values, channel_of
from bot.slack.messages.notices import between_people, invite, is_direct, notice
from bot.slack.reception import Reception
from storage.runs import Place, RunRecord

_NO_DIRECT = "I cannot open direct messages with you; choose a channel."
_NO_MEMBER = "You are not a member of that channel, so I do not post there for you."
_NOT_TOLD = "Slack did not tell me just now whether you are a member of that channel. Try again in a minute."


def place_for(reception: Reception, asker: Asker, channel: str, thread_ts: str = "") -> Place:
    """Return the place of a new run's thread.

    Raises:
        Refused: the bot cannot post there, or the asker may not have it post there.
    """
    facts = reception.members.channel(asker.team, channel)
    if not facts.reachable:
        facts = reception.members.channel(asker.team, channel, fresh=True)
    if not facts.reachable and is_direct(channel):
        raise Refused(between_people())
    if not facts.reachable:
        bot = reception.who(asker.team).name
        raise Refused(
            invite(channel, bot),
            f"I am not in this channel. Type /invite @{bot} there, then press Start again; nothing is lost.",
        )
    may_post = reception.doors.may_post(channel, asker)
    if not may_post:
        raise Refused(notice(Markup(_NO_MEMBER if may_post is False else _NOT_TOLD)))
    return Place(asker.team, channel, facts.kind, thread_ts)


def chosen_place(reception: Reception, asker: Asker, values: Values, where: FormContext) -> Place:
    """Return the place that a filled-in form is for: nothing chosen means the asker's own direct messages.

    Raises:
        Refused: as ``place_for``; or there are no direct messages with the asker.
    """
    channel = channel_of(values, where) or reception.members.direct_channel(asker.team, asker.user)
    if not channel:
        raise Refused(notice(Markup(_NO_DIRECT)))
    return place_for(reception, asker, channel, where.thread_ts)


def run_id_for(team: str, cause: str) -> str:
    """The id of the run that ``cause`` starts."""
    digest = hashlib.sha256(f"{team}/{cause}".encode()).digest()
    return "r-" + base64.b32encode(digest)[:8].decode().lower()


def start_run(
    reception: Reception,
    kind: str,
    request: Mapping[str, Any],
    asker: Asker,
    place: Place,
    *,
    cause: str,
    only_me: bool = False,
    files: Mapping[str, bytes] | None = None,
    claim: Callable[[], None] = lambda: None,
) -> RunRecord:
    """Store a run and take it up. Its id comes from ``cause``, so that what is asked twice is one run.

    ``files`` are contents that need not be fetched, by the names under which runs keep them. ``claim``
    takes what the run is made of, in one step with storing it; what it raises is passed on.

    Raises:
        InputError: the queue is full, a budget is spent, or the request holds what looks like a secret.
    """
    run = RunRecord(
        id=run_id_for(place.team, cause),
        kind=kind,
        status="queued",
        owner=asker.user,
        place=place,
        request=with_tests_of_parent(reception.store, request, place.team),
        created_at=time.time(),
        only_me=only_me,
    )
    if reception.service.accept(run, files, claim):
        reception.service.submit(run.id)
    return run
