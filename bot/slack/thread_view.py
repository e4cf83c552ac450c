"""A run as its Slack thread shows it: one edited first message, replies as things are learned, the result."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from bot.background.keeping import title_of
from bot.background.request import OptimizeRequest
from bot.background.trouble import Trouble
from bot.slack.blocks import Message
from bot.slack.escaping import one_line
from bot.slack.messages.card import RunCard, Stage, draw_card
from bot.slack.messages.final import headline
from bot.slack.messages.held_out import behind_the_verdict
from bot.slack.messages.library import Hit, similar_prompts
from bot.slack.messages.notices import failure, unreachable
from bot.slack.messages.steps import baseline, round_reply, understood
from bot.slack.poster import Poster, error_code
from bot.slack.refusals import cannot_post, describe
from bot.slack.result_posts import ResultPosts
from bot.slack.round_notes import RoundNotebook
from bot.slack.similar import SimilarPrompts
from optimizer.events import (
    BaselineScored,
    BeamSelected,
    Event,
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

logger = logging.getLogger(__name__)

PARENT = "parent"
STATUS = "status"
ERROR = "error"
_NOT_EDITABLE = frozenset({"edit_window_closed", "message_not_found", "cant_update_message"})
_MOST_STATUS_REPLIES = 6


class ThreadView:
    """Implements ``RunView`` on Slack. What is recorded as posted is never posted again."""

    def __init__(
        self,
        run: RunRecord,
        runs: RunTable,
        poster: Poster,
        similar: SimilarPrompts,
        results: ResultPosts,
        bot_name: str,
    ) -> None:
        request = OptimizeRequest.from_dict(run.request)
        self._run = run
        self._runs = runs
        self._poster = poster
        self._similar = similar
        self._results = results
        self._bot_name = bot_name
        self._posted = dict(run.message_ts)
        self._thread_ts = run.place.thread_ts
        self._lock = threading.Lock()
        self._card = RunCard(
            run_id=run.id,
            owner=run.owner,
            title=run_title(request),
            preset=request.preset,
            files=request.file_names,
        )
        self._notebook = RoundNotebook()
        self._hits: tuple[Hit, ...] = ()
        self._finished: RunFinished | None = None
        self._holdout: HoldoutTested | None = None
        self._status_replies = 0
        self._paused = False

    def open(self) -> Future[None]:
        """Post the first message, unless an earlier process has."""
        if self._posted.get(PARENT):
            return _done()
        opened: Future[None] = Future()

        def posted(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None:
                opened.set_exception(cannot_post(error, self._bot_name))
                return
            ts = str(future.result())
            if not self._thread_ts:
                self._thread_ts = ts
                self._runs.set_thread(self._run.id, ts)
            self._note(PARENT, ts)
            opened.set_result(None)

        self._poster.post(
            self._run.place.channel, draw_card(self._card), thread_ts=self._thread_ts, lane=self._run.id
        ).add_done_callback(posted)
        return opened

    def reading(self) -> None:
        """Show that the files are being read; a run that is tried again forgets its old error."""
        if self._posted.get(ERROR):
            self._note(ERROR, "")
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
                self._say("baseline", baseline(event))
            case RoundStarted():
                self._change(round=event.round, rounds=event.rounds, doing="looking at the errors")
            case BeamSelected():
                self._change(best=event.best_score)
                notes = self._notebook.close(event)
                if notes.worth_telling:
                    self._say(f"round-{event.round}", round_reply(notes))
            case HoldoutTested():
                self._holdout = event
            case HoldoutDetails():
                details = behind_the_verdict(event)
                if details is not None:
                    self._say("details", details)
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
        if not self._posted.get(PARENT):
            channel, run = self._run.place.channel, self._run.id
            return _silent(
                self._poster.post(self._run.owner, unreachable(channel, run, self._bot_name, trouble.message))
            )
        self._change(urgent=True, stage="failed", doing="")
        return _silent(self._say(ERROR, failure(trouble, self._run.id, charged=charged)))

    def finished(self, result: Result) -> Future[None]:
        """Post the result and close the first message. May block while pictures are drawn."""
        stage: Stage = "cancelled" if result.stopped_because == "cancelled" else "done"
        if self._finished is None:
            return _done()
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
        posts = self._results.post(
            self._run, self._thread_ts, dict(self._posted), result, self._finished, self._holdout, self._note
        )
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
        self._say("data", understood(event))
        for_all, for_owner = self._similar.by_audience(self._run, self._hits)
        if for_all:
            self._say("similar", similar_prompts(for_all))
        if for_owner and not self._posted.get("similar-private"):
            self._note("similar-private", "sent")
            self._similar.whisper(self._run, self._thread_ts, similar_prompts(for_owner))

    def _say(self, name: str, content: Message) -> Future[Any]:
        """Reply in the thread once; ``name`` is what the reply is remembered by."""
        if self._posted.get(name):
            return _done()
        future = self._poster.post(
            self._run.place.channel, content, thread_ts=self._thread_ts, lane=self._run.id
        )

        def posted(sent: Future[Any]) -> None:
            error = sent.exception()
            if error is None:
                self._note(name, str(sent.result()))
            else:
                logger.warning("%s of run %s was not posted: %s", name, self._run.id, describe(error))

        future.add_done_callback(posted)
        return future

    def _note(self, name: str, ts: str) -> None:
        self._posted[name] = ts
        self._runs.set_message(self._run.id, name, ts)

    def _change(self, *, urgent: bool = False, **changes: Any) -> None:
        with self._lock:
            changed = replace(self._card, **changes)
            if changed == self._card:
                return
            self._card = changed
        ts = self._posted.get(STATUS) or self._posted.get(PARENT)
        if ts:
            self._poster.edit(
                self._run.place.channel, ts, lambda: draw_card(self._card), urgent=urgent
            ).add_done_callback(self._edited)

    def _edited(self, future: Future[Any]) -> None:
        error = future.exception()
        if error is None:
            return
        if error_code(error) not in _NOT_EDITABLE:
            logger.warning("the first message of run %s was not edited: %s", self._run.id, describe(error))
            return
        final = self._card.stage in ("done", "failed", "cancelled")
        if self._status_replies < _MOST_STATUS_REPLIES or final:
            self._status_replies += 1
            self._posted.pop(STATUS, None)
            self._say(STATUS, draw_card(self._card))


def run_title(request: OptimizeRequest) -> str:
    """What a run is called before its prompt has been read."""
    if request.goal or request.prompt_text:
        return title_of(request.prompt_text, request.goal)
    return one_line(request.prompt_file.name, 100) if request.prompt_file else "(untitled)"


def _done() -> Future[Any]:
    done: Future[Any] = Future()
    done.set_result(None)
    return done


def _silent(future: Future[Any]) -> Future[None]:
    """Done when ``future`` is, whatever came of it."""
    done: Future[None] = Future()
    future.add_done_callback(lambda _: done.set_result(None))
    return done
