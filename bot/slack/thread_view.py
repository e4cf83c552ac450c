"""A run as its Slack thread shows it: one edited first message, replies as things are learned, the result."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from bot.background.keeping import title_of
from bot.background.request import OptimizeRequest
from bot.background.trouble import Trouble
from bot.slack.board import Glance, RunBoard
from bot.slack.escaping import one_line
from bot.slack.futures import settled
from bot.slack.messages.card import RunCard, Stage, draw_card, progress_line
from bot.slack.messages.final import headline
from bot.slack.messages.held_out import behind_the_verdict
from bot.slack.messages.library import Hit, similar_prompts
from bot.slack.messages.steps import baseline, round_reply, understood
from bot.slack.poster import Poster
from bot.slack.result_posts import ResultPosts
from bot.slack.round_notes import RoundNotebook
from bot.slack.run_thread import ERROR, RunThread
from bot.slack.similar import SimilarPrompts
from optimizer.events import (
    BaselineScored,
    BeamSelected,
    Event,
    FeedbackTaken,
    HoldoutDetails,
    HoldoutTested,
    Progress,
    RoundStarted,
    RunFinished,
    RunStarted,
)
from optimizer.run import Result
from optimizer.task import Task
from storage.runs import RunRecord, RunTable


class ThreadView:
    """Implements ``RunView`` on Slack for optimisations."""

    def __init__(
        self,
        run: RunRecord,
        runs: RunTable,
        poster: Poster,
        similar: SimilarPrompts,
        results: ResultPosts,
        board: RunBoard,
        bot_name: str,
    ) -> None:
        request = OptimizeRequest.from_dict(run.request)
        self._run = run
        self._similar = similar
        self._results = results
        self._board = board
        self._lock = threading.Lock()
        self._card = RunCard(
            run_id=run.id,
            owner=run.owner,
            title=run_title(request),
            preset=request.preset,
            files=request.file_names,
        )
        self._thread = RunThread(
            run, runs, poster, bot_name, draw=lambda: draw_card(self._card), ended=self._ended
        )
        self._notebook = RoundNotebook()
        self._hits: tuple[Hit, ...] = ()
        self._finished: RunFinished | None = None
        self._holdout: HoldoutTested | None = None
        self._paused = False

    def open(self) -> Future[None]:
        """Post the first message, unless an earlier process has."""
        return self._thread.open()

    def reading(self) -> None:
        """Show that the files are being read; a run that is tried again forgets its old error."""
        if self._thread.has(ERROR):
            self._thread.note(ERROR, "")
        self._change(stage="reading", doing="")

    def understood(self, task: Task) -> None:
        """Look for similar prompts; they are shown after the data."""
        title = title_of(task.prompt.text, task.goal)
        self._change(examples=len(task.examples), metric=task.metric.name, title=title)
        self._hits = self._similar.find(self._run, task.prompt.text)

    def waiting(self, ahead: int) -> None:
        """Show how many runs are ahead."""
        self._change(
            stage="queued", doing=f"{ahead} ahead in the queue" if ahead > 1 else "next in the queue"
        )

    def show(self, event: Event) -> None:
        """Draw the next event."""
        self._notebook.read(event)
        match event:
            case Progress():
                self._show_progress(event)
            case RunStarted():
                self._show_start(event)
            case BaselineScored():
                self._change(start=event.score, best=event.score)
                self._thread.say("baseline", baseline(event))
            case RoundStarted():
                self._change(round=event.round, rounds=event.rounds, doing="looking at the errors")
            case FeedbackTaken():
                self._thread.feedback_taken(event.text, event.author)
            case BeamSelected():
                self._change(best=event.best_score)
                notes = self._notebook.close(event)
                if notes.worth_telling:
                    self._thread.say(f"round-{event.round}", round_reply(notes))
            case HoldoutTested():
                self._holdout = event
            case HoldoutDetails():
                details = behind_the_verdict(event)
                if details is not None:
                    self._thread.say("details", details)
            case RunFinished():
                self._finished = event
            case _:
                pass

    def stopping(self) -> None:
        """Show at once that the wish to stop was heard."""
        self._change(urgent=True, stopping=True)

    def paused(self) -> None:
        """Show that the process ends."""
        self._paused = True
        self._change(urgent=True, stage="paused", doing="")

    def failed(self, trouble: Trouble, *, charged: bool) -> Future[None]:
        """Say what went wrong: in the thread, or to the owner when there is no thread."""
        self._change(urgent=True, stage="failed", doing="")
        return self._thread.fail(trouble, charged=charged)

    def finished(self, result: Result) -> Future[None]:
        """Post the result and close the first message. May block while pictures are drawn."""
        stage: Stage = "cancelled" if result.stopped_because == "cancelled" else "done"
        if self._finished is None:
            return settled()
        self._change(
            urgent=True,
            stage=stage,
            headline=("⏹ " if stage == "cancelled" else "✅ ") + headline(self._finished, self._holdout),
            calls=result.calls,
            cost=result.cost,
            priced=result.cost is not None,
            seconds=result.seconds,
            doing="",
        )
        posts = self._results.post(self._thread, result, self._finished, self._holdout)
        posts.link.add_done_callback(self._link_result)
        return posts.all_done

    def _link_result(self, future: Future[Any]) -> None:
        if future.exception() is None and future.result():
            self._change(urgent=True, result_link=str(future.result()))

    def _show_progress(self, event: Progress) -> None:
        if self._paused or self._finished is not None:
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

    def _show_start(self, event: RunStarted) -> None:
        self._change(
            stage="running",
            doing="",
            models=(event.task_model, event.optimizer_model),
            forecast_calls=event.forecast_calls,
        )
        self._thread.say("data", understood(event))
        for_all, for_owner = self._similar.by_audience(self._run, self._hits)
        if for_all:
            self._thread.say("similar", similar_prompts(for_all))
        if for_owner and not self._thread.has("similar-private"):
            self._thread.note("similar-private", "sent")
            self._thread.whisper(similar_prompts(for_owner))

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


def run_title(request: OptimizeRequest) -> str:
    """What a run is called before its prompt has been read."""
    if request.goal or request.prompt_text:
        return title_of(request.prompt_text, request.goal)
    return one_line(request.prompt_file.name, 100) if request.prompt_file else "(untitled)"
