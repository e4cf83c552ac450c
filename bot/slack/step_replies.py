"""A run's rounds as replies of its thread: the newest in whole, the earlier ones folded into one message."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from functools import partial
from typing import Any

from bot.slack.blocks import Message
from bot.slack.escaping import Markup
from bot.slack.messages.earlier import Step, earlier_steps
from bot.slack.messages.notices import notice
from bot.slack.poster import PosterClosed
from bot.slack.refusals import describe
from bot.slack.run_thread import RunThread

logger = logging.getLogger(__name__)

WHOLE = 3
"""So many of the newest rounds stay as they were told."""
FOLDED = "folded"
"""Noted with the run: the newest round that was folded away."""


class StepReplies:
    """Tells rounds and folds the earlier ones. Safe to use from any thread.

    The oldest reply becomes the message that lists the earlier rounds, and a reply is deleted once its
    line stands there. What has happened is noted with the run, and doing it again changes nothing; so
    a process that dies on the way leaves it to the next one, which hears the same events.
    """

    def __init__(self, thread: RunThread, unit: str) -> None:
        self._thread = thread
        self._unit = unit
        self._lock = threading.Lock()
        self._told: dict[int, Markup] = {}
        self._busy = False
        self._given_up = False
        """Slack does not let us edit here: the thread stays as it is."""

    def tell(self, number: int, reply: Message, line: Markup) -> None:
        """Reply with a round; ``line`` is what will be left of it when it has become an earlier one."""
        with self._lock:
            self._told[number] = line
        self._thread.say(_name(number), reply).add_done_callback(lambda _: self._fold())

    def _fold(self) -> None:
        with self._lock:
            steps = self._earlier()
            if self._busy or self._given_up or not steps or steps[-1].number <= self._folded():
                return
            self._busy = True
        edited = self._thread.edit(
            _name(steps[0].number), lambda: earlier_steps(self._thread.run.id, self._unit, steps)
        )
        edited.add_done_callback(partial(self._listed, steps))

    def _earlier(self) -> list[Step]:
        """The rounds of this thread that shall be folded: one alone is no wall yet."""
        here = sorted(number for number in self._told if self._thread.is_here(_name(number)))
        old = here[:-WHOLE]
        return [Step(number, self._told[number]) for number in old] if len(old) > 1 else []

    def _folded(self) -> int:
        return int(self._thread.mark(FOLDED) or 0)

    def _listed(self, steps: list[Step], edited: Future[Any]) -> None:
        """The lines stand in the list: now the replies may go."""
        error = edited.exception()
        if error is not None:
            self._rest(error)
            return
        gone = [step for step in steps[1:] if step.number > self._folded()]
        self._remove(gone, steps[-1].number)

    def _remove(self, left: list[Step], newest: int) -> None:
        if not left:
            self._thread.note(FOLDED, str(newest))
            with self._lock:
                self._busy = False
            self._fold()
            return
        removed = self._thread.remove(_name(left[0].number))
        removed.add_done_callback(lambda done: self._removed(done, left, newest))

    def _removed(self, done: Future[Any], left: list[Step], newest: int) -> None:
        error = done.exception()
        if isinstance(error, PosterClosed):
            self._rest(error)
            return
        if error is not None:  # a workspace may keep every message: a line is all that shall be left of it
            logger.info("a reply of run %s was not deleted: %s", self._thread.run.id, describe(error))
            self._thread.edit(_name(left[0].number), partial(notice, left[0].line))
        self._remove(left[1:], newest)

    def _rest(self, error: BaseException) -> None:
        if not isinstance(error, PosterClosed):
            logger.info("run %s keeps its replies: %s", self._thread.run.id, describe(error))
        with self._lock:
            self._busy, self._given_up = False, True


def _name(number: int) -> str:
    return f"round-{number}"
