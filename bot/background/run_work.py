"""What the service asks of a kind of run: how it is prepared, conducted, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.background.run_files import RunFiles
from optimizer.control import RunControl
from optimizer.events import Event, EventSink, StopReason
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


TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT", bound=RunResult)


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with: the models, the answers paid before, where its events go, who steers it."""

    pool: ModelPool
    journal: Journal
    emit: EventSink
    control: RunControl


class RunWork(Protocol[TaskT, ResultT]):
    """One kind of run. ``RunRecord.kind`` names it, ``bot.background.kinds`` lists them all.

    A run leaves nothing behind but its events and the journal, so that it may be conducted in
    another process than the one that shows and keeps it: ``result`` reads the events alone.
    """

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

    def result(self, run: RunRecord, events: Sequence[Event], seconds: float) -> ResultT:
        """Return what the run found, from its durable events; ``seconds`` is its wall-clock time."""
        ...

    def keep(self, store: Store, run: RunRecord, task: TaskT, result: ResultT) -> None:
        """Put what is worth finding again into the store. Blocks; called before the result is shown."""
        ...
