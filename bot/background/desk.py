"""The doors between a background run and whoever asked for it: fetching files in, showing events."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from bot.background.request import FileRef, ToldLesson
from bot.background.run_work import RunResult
from bot.background.trouble import Trouble
from optimizer.events import Event
from optimizer.task import Task
from storage.runs import RunRecord

TaskT = TypeVar("TaskT", contravariant=True)
ResultT = TypeVar("ResultT", bound=RunResult, contravariant=True)


class RunView(Protocol[TaskT, ResultT]):
    """Shows one run. No method may block for long; none may raise but ``fetch``.

    Task and result are those of the run's kind (``RunWork``).
    """

    def open(self) -> Future[None]:
        """Make the run visible. Done when it is; fails with ``InputError`` when it cannot be shown."""
        ...

    def reading(self) -> None:
        """The run's files are being read."""
        ...

    def understood(self, task: TaskT) -> None:
        """The task is complete; may block for a moment (called outside the event loop)."""
        ...

    def waiting(self, ahead: int) -> None:
        """The run waits for ``ahead`` others."""
        ...

    def show(self, event: Event) -> None:
        """The next event; after a resume the earlier ones come again."""
        ...

    def stopping(self) -> None:
        """Somebody asked the run to stop."""
        ...

    def paused(self) -> None:
        """The process ends; the run goes on with the next one."""
        ...

    def failed(self, trouble: Trouble, *, charged: bool) -> Future[None]:
        """The run ended without a result."""
        ...

    def finished(self, result: ResultT) -> Future[None]:
        """The run ended; done when everything about it has been shown (or cannot be)."""
        ...


class Desk(Protocol):
    """Where runs come from and are shown."""

    def view(self, run: RunRecord) -> RunView[Any, Any]:
        """Return the view of a (new or taken-up) run."""
        ...

    def fetch(self, team: str, ref: FileRef) -> bytes:
        """Fetch a file of the workspace ``team``; blocks.

        Raises:
            InputError: it is gone, too large or not what it says.
        """
        ...

    def lessons(self, run: RunRecord, task: Task) -> tuple[ToldLesson, ...]:
        """Return what earlier runs learned that everybody who reads this run may be told; blocks."""
        ...
