"""Lists of runs that a person may see: those under way, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.doors import Asker
from bot.slack.kinds import title_of_run
from bot.slack.messages.library import age, gain
from bot.slack.messages.notices import RunLine
from bot.slack.reception import Reception
from bot.slack.stopping import UNDER_WAY, under_way_of
from storage.runs import ENDED, RunRecord
from storage.wishes import wishes_for_run

LISTED = 10


def lines_of(reception: Reception, runs: Sequence[RunRecord], asker: Asker) -> list[RunLine]:
    """Describe runs in a line each; ``asker`` may see them all."""
    viewer = reception.doors.viewer(asker)
    lines = []
    for run in runs:
        kept, here = reception.store.prompts.of_run(run.id, viewer), run.here
        lines.append(
            RunLine(
                run_id=run.id,
                title=kept[-1].title if kept else title_of_run(run),
                status="stopped" if run.status == "cancelled" else run.status,
                channel=here.channel,
                url=reception.links.of(here.team, here.channel, here.thread_ts),
                running=run.status in UNDER_WAY,
                gain=gain(kept[-1]) if kept else "",
                prompt_id=kept[-1].id if kept else "",
                age=age(run.created_at),
                wish="" if kept else _last_wish(reception, run),
            )
        )
    return lines


def _last_wish(reception: Reception, run: RunRecord) -> str:
    wishes = wishes_for_run(reception.store, run.id)
    return wishes[-1].text if wishes else ""


def own_runs(reception: Reception, asker: Asker) -> list[RunLine]:
    """The runs of ``asker``: those under way first, then the newest that have ended."""
    viewer, runs = reception.doors.viewer(asker), reception.store.runs
    running = under_way_of(reception, asker)[:LISTED]
    ended = runs.recent(viewer, LISTED, owner=asker.user, statuses=ENDED)
    return lines_of(reception, [*running, *ended][:LISTED], asker)


def ended_runs(reception: Reception, asker: Asker, limit: int = LISTED) -> list[RunLine]:
    """The newest ended runs that ``asker`` may see, also those of others."""
    seen = reception.store.runs.recent(reception.doors.viewer(asker), limit, statuses=ENDED)
    return lines_of(reception, seen, asker)
