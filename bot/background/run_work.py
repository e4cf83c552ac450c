"""What the service asks of a kind of run: how it is prepared, conducted, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.background.run_files import RunFiles
from optimizer.control import RunControl
from optimizer.events import Event, EventSink, StopReason
from optimizer.evolution.sharding.crew import ShardCrew
from optimizer.model.pool import ModelPool
from optimizer.model.protocol import Journal
from storage.runs import RunRecord
from storage.store import Store


class RunResult(Protocol):
    """What every kind of run ends with."""

    @property
    def stopped_because(self) -> StopReason:
        """Why it ended."""
        ...


RESULT_FOLDER = "result/"
"""Files that a run leaves behind stand among the run's files under names that begin so."""

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT", bound=RunResult)


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with: the models, the answers paid before, where its events go, who steers it.

    ``leave`` stores a file that the run leaves behind (name, content) with the run, under
    ``RESULT_FOLDER``; it blocks, and a file left before under that name is replaced. ``crew`` works on
    parts of a run that are queued by themselves.
    """

    pool: ModelPool
    journal: Journal
    emit: EventSink
    control: RunControl
    leave: Callable[[str, bytes], None]
    crew: ShardCrew


class QueuedWork(Protocol[TaskT]):
    """Work that workers take from the queue: a kind of run, or a kind of part of one."""

    kind: str

    def prepare(self, run: RunRecord, files: RunFiles) -> TaskT:
        """Read what the run was given and build its task. Blocks; nothing is paid.

        Raises:
            InputError: something cannot be used; the message says what and why.
        """
        ...

    async def conduct(self, run: RunRecord, task: TaskT, means: Means) -> None:
        """Do the run. Doing it again with the same journal resumes it and emits the same events.

        A run that was stopped or spent its budget ends normally.

        Raises:
            ConfigError, ModelError: it cannot go on; what was paid is kept.
        """
        ...


class RunWork(QueuedWork[TaskT], Protocol[TaskT, ResultT]):
    """One kind of run. ``RunRecord.kind`` names it, ``bot.background.kinds`` lists them all.

    A run may be conducted in another process, on another machine, than the one that shows and keeps
    it: both prepare it, but nothing of ``conduct`` is left for ``result`` and ``keep`` except its
    events, the journal, and files that it left by ``Means.leave``.
    """

    def result(self, run: RunRecord, events: Sequence[Event], seconds: float) -> ResultT:
        """Return what the run found, from its durable events; ``seconds`` is its wall-clock time."""
        ...

    def keep(self, store: Store, run: RunRecord, task: TaskT, result: ResultT) -> None:
        """Put what is worth finding again into the store. Blocks; called before the result is shown."""
        ...
