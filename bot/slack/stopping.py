"""Stopping a run of any kind: by command, button, reaction or word."""

from __future__ import annotations

from bot.slack.blocks import Message
from bot.slack.doors import Asker, Refused
from bot.slack.escaping import markup
from bot.slack.messages.notices import notice
from bot.slack.reception import Reception
from storage.runs import RunRecord, RunStatus

UNDER_WAY: frozenset[RunStatus] = frozenset({"queued", "running"})
_RECENT = 50


def under_way_of(reception: Reception, asker: Asker) -> list[RunRecord]:
    """The runs of ``asker`` that are queued or running, newest first."""
    viewer = reception.doors.viewer(asker)
    return reception.store.runs.recent(viewer, _RECENT, owner=asker.user, statuses=tuple(UNDER_WAY))


def stop_run(reception: Reception, run_id: str, asker: Asker) -> Message:
    """Stop a run for ``asker`` and say what became of it; an unknown run and a hidden one look alike."""
    try:
        reception.doors.own_run(run_id, asker)
    except Refused as refused:
        return refused.content
    if reception.service.stop(run_id):
        return notice(markup("Stopping {run}. What it found so far comes into its thread.", run=run_id))
    return notice(markup("{run} is not under way any more.", run=run_id))


def stop_one(reception: Reception, run_id: str | None, asker: Asker) -> Message:
    """Stop the run that is named, or the one run that ``asker`` has under way."""
    if run_id is not None:
        return stop_run(reception, run_id, asker)
    running = under_way_of(reception, asker)
    if not running:
        return notice(markup("You have no run under way."))
    if len(running) > 1:
        ids = ", ".join(run.id for run in running)
        return notice(markup("You have several runs under way: {ids}. Name the one to stop.", ids=ids))
    return stop_run(reception, running[0].id, asker)
