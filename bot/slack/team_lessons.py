"""What earlier runs of a workspace learned, for a new one: only what each reader of its thread may see."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.background.memory import MOST_TOLD, about_words, recall_lessons
from bot.background.prompt_ids import comes_from
from bot.background.request import OptimizeRequest, ToldLesson
from bot.slack.audience import Audience
from bot.slack.members import Members, Permalinks
from bot.slack.messages.lessons import Offer, Source, Told
from optimizer.errors import InputError, PromptbeamError
from optimizer.task import Task
from storage.lessons import Lesson
from storage.runs import Place, RunRecord
from storage.secrets import refuse_secrets
from storage.store import Store
from storage.visibility import Viewer, may_see

logger = logging.getLogger(__name__)

_MOST_COUNTED = 99


class TeamLessons:
    """Offers them in forms, picks them for runs, and says where they come from. Asks Slack, so it may block."""

    def __init__(self, store: Store, members: Members, links: Permalinks, audience: Audience) -> None:
        self._store = store
        self._members = members
        self._links = links
        self._audience = audience

    def offered(self, owner: str, team: str, channel: str, request: OptimizeRequest) -> Offer | None:
        """Return what a run of ``owner`` in ``channel`` could start from; None when that is nothing.

        Without a channel that is a run in direct messages, where a form that asks for a place posts unless told.
        With a prompt in the request that is what was learned on tasks like it, without one all of it.
        """
        try:
            if not self._store.lessons.any_of(team):
                return None
            channel = channel or self._members.direct_channel(team, owner)
            place = Place(team, channel, self._members.channel(team, channel).kind)
            readers = self._audience.readers(owner, place)
            known = request.prompt_text.strip()
            lessons = self._alike(readers, request) if known else self._all(readers)
            lessons = [one for one in lessons if not comes_from(request.parent, one.run_id)]
            lessons = lessons[: MOST_TOLD if known else _MOST_COUNTED]
            if not lessons:
                return None
            sources = tuple(self._source(one.run_id, one.gain, readers) for one in lessons[:MOST_TOLD])
        except PromptbeamError as error:
            logger.warning("no lessons are offered: %s", error.message)
            return None
        return Offer(len(lessons), tuple(one for one in sources if one is not None), alike=bool(known))

    def picked(self, run: RunRecord, task: Task) -> tuple[ToldLesson, ...]:
        """Return what the run is told."""
        readers = self._audience.readers(run.owner, run.place)
        found = [one.lesson for one in recall_lessons(self._store, run, task, readers)]
        return tuple(ToldLesson(one.run_id, one.text, one.gain) for one in found if _may_be_stored(one))

    def told(self, run: RunRecord, lessons: Sequence[ToldLesson]) -> tuple[Told, ...]:
        """Say where the lessons come from, as far as those who read the run's thread may see that now."""
        if not lessons:
            return ()
        readers = self._audience.readers(run.owner, run.place)
        return tuple(Told(one.text, self._source(one.run, one.gain, readers)) for one in lessons)

    def _alike(self, readers: Sequence[Viewer], request: OptimizeRequest) -> list[Lesson]:
        *others, narrowest = readers
        words = about_words(request.goal, request.prompt_text)
        recalled = self._store.lessons.recall(words, narrowest, MOST_TOLD + 1, others=others)
        return [one.lesson for one in recalled]

    def _all(self, readers: Sequence[Viewer]) -> list[Lesson]:
        *others, narrowest = readers
        return self._store.lessons.newest(narrowest, _MOST_COUNTED, others=others)

    def _source(self, run_id: str, gain: float, readers: Sequence[Viewer]) -> Source | None:
        try:
            run = self._store.runs.get(run_id)
        except InputError:
            return None
        if not all(may_see(one, run.owner, run.place, run.only_me) for one in readers):
            return None
        kept = self._store.prompts.of_run(run_id, readers[-1])
        title = kept[-1].title if kept else run_id
        here = run.here
        return Source(title, run.owner, gain, self._links.of(here.team, here.channel, here.thread_ts))


def _may_be_stored(lesson: Lesson) -> bool:
    """A request takes nothing that looks like a secret; such a lesson is left out."""
    try:
        refuse_secrets(lesson.text)
    except InputError:
        return False
    return True
