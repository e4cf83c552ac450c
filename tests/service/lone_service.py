"""The run service in a process of its own, without Slack: for tests that kill it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bot.background.request import FileRef, OptimizeRequest, ToldLesson
from bot.background.service import RunService
from optimizer.model.settings import ModelSettings
from storage.runs import Place, RunRecord
from storage.store import Store
from tests.bot.office import PROMPT, TICKETS
from tests.warm import FORKS

CONCURRENCY = 8


class PaperView:
    """Shows nothing."""

    def open(self) -> Future[None]:
        return _done()

    def reading(self) -> None: ...

    def understood(self, task: Any) -> None: ...

    def waiting(self, ahead: int) -> None: ...

    def show(self, event: Any) -> None: ...

    def stopping(self) -> None: ...

    def paused(self) -> None: ...

    def failed(self, trouble: Any, *, charged: bool) -> Future[None]:
        return _done()

    def finished(self, result: Any) -> Future[None]:
        return _done()


class PaperDesk:
    """Has the tickets at hand."""

    def view(self, run: RunRecord) -> PaperView:
        return PaperView()

    def fetch(self, team: str, ref: FileRef) -> bytes:
        return TICKETS

    def lessons(self, run: RunRecord, task: Any) -> tuple[ToldLesson, ...]:
        return ()


def models(url: str) -> ModelSettings:
    return ModelSettings(
        task_model="simulated-small",
        optimizer_model="simulated-large",
        base_url=url,
        journal_scope="simulated",
        concurrency=CONCURRENCY,
    )


def stored_run(run_id: str = "r-kills", owner: str = "U1", prompt: str = PROMPT) -> RunRecord:
    request = OptimizeRequest(prompt_text=prompt, example_files=(FileRef("F1", "tickets.csv", 1, ""),))
    place = Place("T1", "C1", "public")
    return RunRecord(run_id, "optimize", "queued", owner, place, request.to_dict(), created_at=time.time())


def serve(folder: str, url: str) -> None:
    """Work on what is in the store until the process is killed."""
    with Store(Path(folder)) as store:
        RunService(store, models(url), PaperDesk()).start()
        threading.Event().wait()


def start(folder: Path, url: str) -> BaseProcess:
    """Start ``serve`` in a child that needs no time for imports."""
    child = FORKS.Process(target=serve, args=(str(folder), url), daemon=True)
    child.start()
    return child


def kill(child: BaseProcess) -> None:
    child.kill()
    child.join()


def _done() -> Future[None]:
    done: Future[None] = Future()
    done.set_result(None)
    return done
