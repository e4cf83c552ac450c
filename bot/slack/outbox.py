"""What waits to be sent: posts in order per run, edits of which only the newest counts."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient

from bot.slack.limiter import EDIT, Limiter

Send = Callable[[WebClient], Any]


@dataclass(eq=False, slots=True)
class Job:
    """One call. Jobs of one ``lane`` go out in order; an edit replaces a waiting edit of the same ``message``."""

    method: str
    channel: str
    lane: str
    send: Send
    message: str = ""
    urgent: bool = False
    attempts: int = 0
    done: Future[Any] = field(default_factory=Future)


class Outbox:
    """Not thread-safe: its owner holds the lock."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._lanes: OrderedDict[str, deque[Job]] = OrderedDict()
        self._edits: OrderedDict[str, Job] = OrderedDict()

    def __len__(self) -> int:
        return len(self._edits) + sum(len(lane) for lane in self._lanes.values())

    def put(self, job: Job) -> None:
        """Add a job; a waiting edit of the same message is dropped as out of date."""
        if job.method == EDIT:
            older = self._edits.pop(job.message, None)
            if older is not None:
                job.urgent = job.urgent or older.urgent
                older.done.set_result(None)
            self._edits[job.message] = job
        else:
            self._lanes.setdefault(job.lane, deque()).append(job)

    def put_back(self, job: Job) -> None:
        """Return a job that could not be sent to the head of its lane; a newer edit wins over it."""
        if job.method != EDIT:
            self._lanes.setdefault(job.lane, deque()).appendleft(job)
        elif job.message in self._edits:
            job.done.set_result(None)
        else:
            self._edits[job.message] = job

    def take(self, now: float) -> tuple[Job | None, float]:
        """Return the next job that may go out now, or None and the time when the next one may.

        Posts come before edits; lanes take turns.
        """
        soonest = float("inf")
        for name, lane in self._lanes.items():
            ready = self._ready(lane[0], now)
            if ready <= now:
                job = lane.popleft()
                self._lanes.move_to_end(name)
                if not lane:
                    del self._lanes[name]
                return self._taken(job, now), now
            soonest = min(soonest, ready)
        for name, job in self._edits.items():
            ready = self._ready(job, now)
            if ready <= now:
                del self._edits[name]
                return self._taken(job, now), now
            soonest = min(soonest, ready)
        return None, soonest

    def _ready(self, job: Job, now: float) -> float:
        return self._limiter.ready_at(job.method, job.channel, now, message=job.message, urgent=job.urgent)

    def _taken(self, job: Job, now: float) -> Job:
        self._limiter.took(job.method, job.channel, now, message=job.message)
        return job
