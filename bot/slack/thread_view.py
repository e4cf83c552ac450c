"""A run as its Slack thread shows it: one edited first message, replies as things are learned, the result."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from bot.background.keeping import title_of
from bot.background.request import OptimizeRequest
from bot.slack.board import RunBoard
from bot.slack.card_view import CardView
from bot.slack.escaping import one_line
from bot.slack.futures import settled
from bot.slack.messages.card import RunCard
from bot.slack.messages.final import headline
from bot.slack.messages.held_out import behind_the_verdict
from bot.slack.messages.lessons import lessons_told
from bot.slack.messages.library import Hit, similar_prompts
from bot.slack.messages.steps import baseline, round_line, round_reply, understood
from bot.slack.poster import Poster
from bot.slack.result_posts import ResultPosts
from bot.slack.round_notes import RoundNotebook
from bot.slack.similar import SimilarPrompts
from bot.slack.team_lessons import TeamLessons
from optimizer.events import (
    BaselineScored,
    BeamSelected,
    Event,
    FeedbackTaken,
    Progress,
    RoundStarted,
    RunFinished,
    RunStarted,
)
from optimizer.holdout_events import HoldoutDetails, HoldoutTested
from optimizer.run import Result
from optimizer.task import Task
from storage.runs import RunRecord, RunTable


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where a thread learns of earlier runs: their prompts, and what they learned."""

    prompts: SimilarPrompts
    lessons: TeamLessons


class ThreadView(CardView):
    """Implements ``RunView`` on Slack for optimisations."""

    def __init__(
        self,
        run: RunRecord,
        runs: RunTable,
        poster: Poster,
        earlier: Earlier,
        results: ResultPosts,
        board: RunBoard,
        bot_name: str,
    ) -> None:
        request = OptimizeRequest.from_dict(run.request)
        card = RunCard(
            run_id=run.id,
            owner=run.owner,
            title=run_title(request),
            preset=request.preset,
            files=request.file_names,
        )
        super().__init__(run, card, runs, poster, board, bot_name)
        self._runs = runs
        self._similar, self._lessons = earlier.prompts, earlier.lessons
        self._results = results
        self._notebook = RoundNotebook()
        self._hits: tuple[Hit, ...] = ()
        self._finished: RunFinished | None = None
        self._holdout: HoldoutTested | None = None

    def understood(self, task: Task) -> None:
        """Look for similar prompts; they are shown after the data."""
        title = title_of(task.prompt.text, task.goal)
        self._change(examples=len(task.examples), metric=task.metric.name, title=title)
        self._hits = self._similar.find(self._run, task.prompt.text)

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
                    self._steps.tell(event.round, round_reply(notes), round_line(notes))
            case HoldoutTested():
                self._holdout = event
            case HoldoutDetails():
                details = behind_the_verdict(event)
                if details is not None:
                    self._thread.say("details", details)
            case RunFinished():
                self._finished = event
                self._silent = True
            case _:
                pass

    def finished(self, result: Result) -> Future[None]:
        """Post the result and close the first message. May block while pictures are drawn."""
        if self._finished is None:
            return settled()
        self._end_card(
            headline(self._finished, self._holdout),
            cancelled=result.stopped_because == "cancelled",
            calls=result.calls,
            cost=result.cost,
            seconds=result.seconds,
        )
        self._thread.tell_unread()
        posts = self._results.post(self._thread, result, self._finished, self._holdout)
        posts.link.add_done_callback(self._link_result)
        return posts.all_done

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
        self._show_lessons()

    def _show_lessons(self) -> None:
        request = OptimizeRequest.from_dict(self._runs.get(self._run.id).request)
        if request.lessons is not None and not self._thread.has("lessons"):
            self._thread.say("lessons", lessons_told(self._lessons.told(self._run, request.lessons)))


def run_title(request: OptimizeRequest) -> str:
    """What a run is called before its prompt has been read."""
    if request.goal or request.prompt_text:
        return title_of(request.prompt_text, request.goal)
    return one_line(request.prompt_file.name, 100) if request.prompt_file else "(untitled)"
