"""What the view of every kind of run shares: a card that follows the run, drawn as the thread's first message."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from bot.background.trouble import Trouble
from bot.slack.board import Glance, RunBoard
from bot.slack.messages.card import RunCard, Stage, draw_card, progress_line
from bot.slack.poster import Poster
from bot.slack.run_thread import ERROR, RunThread
from bot.slack.step_replies import StepReplies
from optimizer.events import Progress
from storage.runs import RunRecord, RunTable


class CardView:
    """The part of ``RunView`` on Slack that does not depend on the kind of run."""

    def __init__(
        self, run: RunRecord, card: RunCard, runs: RunTable, poster: Poster, board: RunBoard, bot_name: str
    ) -> None:
        self._run = run
        self._board = board
        self._lock = threading.Lock()
        self._card = card
        self._thread = RunThread(
            run, runs, poster, bot_name, draw=lambda: draw_card(self._card), ended=self._ended
        )
        self._steps = StepReplies(self._thread, card.words.round)
        self._silent = False
        """Set when the process ends or the run has ended: progress that still comes is not shown."""

    def open(self) -> Future[None]:
        """Post the first message, unless an earlier process has."""
        return self._thread.open()

    def reading(self) -> None:
        """Show that the files are being read; a run that is tried again forgets its old error."""
        if self._thread.has(ERROR):
            self._thread.note(ERROR, "")
        self._change(stage="reading", doing="")

    def waiting(self, ahead: int) -> None:
        """Show how many runs are ahead."""
        self._change(
            stage="queued", doing=f"{ahead} ahead in the queue" if ahead > 1 else "next in the queue"
        )

    def stopping(self) -> None:
        """Show at once that the wish to stop was heard."""
        self._change(urgent=True, stopping=True)

    def paused(self) -> None:
        """Show that the process ends."""
        self._silent = True
        self._change(urgent=True, stage="paused", doing="")

    def failed(self, trouble: Trouble, *, charged: bool) -> Future[None]:
        """Say what went wrong: in the thread, or to the owner when there is no thread."""
        self._change(urgent=True, stage="failed", doing="")
        return self._thread.fail(trouble, charged=charged)

    def _show_progress(self, event: Progress) -> None:
        if self._silent:
            return
        self._change(
            stage="running",
            fraction=event.fraction,
            calls=event.calls,
            cost=event.cost,
            priced=event.cost is not None,
            seconds=event.seconds,
            seconds_left=event.seconds_left,
            doing=event.doing,
        )

    def _end_card(
        self, headline: str, *, cancelled: bool, calls: int, cost: float | None, seconds: float
    ) -> None:
        stage: Stage = "cancelled" if cancelled else "done"
        self._change(
            urgent=True,
            stage=stage,
            headline=("⏹ " if cancelled else "✅ ") + headline,
            calls=calls,
            cost=cost,
            priced=cost is not None,
            seconds=seconds,
            doing="",
        )

    def _link_result(self, future: Future[Any]) -> None:
        if future.exception() is None and future.result():
            self._change(urgent=True, result_link=str(future.result()))

    def _change(self, *, urgent: bool = False, **changes: Any) -> None:
        with self._lock:
            changed = replace(self._card, **changes)
            if changed == self._card:
                return
            self._card = changed
        glance = Glance(changed.stage, progress_line(changed), changed.calls, changed.cost)
        self._board.put(self._run, glance)
        self._thread.redraw(urgent=urgent)

    def _ended(self) -> bool:
        return self._card.stage in ("done", "failed", "cancelled")
