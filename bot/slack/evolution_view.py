"""An evolution as its Slack thread shows it: one edited first message, a reply per step, the data at the end."""

from __future__ import annotations

from concurrent.futures import Future

from bot.background.evolve_request import EvolveRequest
from bot.background.keeping import title_of
from bot.slack.board import RunBoard
from bot.slack.card_view import CardView
from bot.slack.escaping import one_line
from bot.slack.evolution_posts import EvolutionPosts
from bot.slack.messages.card import EVOLVING, RunCard
from bot.slack.messages.evolution_final import evolution_headline
from bot.slack.messages.evolution_steps import data_understood, first_rate, step_line, step_reply
from bot.slack.poster import Poster
from bot.slack.step_notes import StepNotebook
from optimizer.events import Event, FeedbackTaken, Progress
from optimizer.evolution.events import (
    ApplicationStarted,
    EvolutionFinished,
    EvolutionStarted,
    MethodScored,
    MethodSelected,
    StepStarted,
)
from optimizer.evolution.run import EvolveResult
from optimizer.evolution.task import EvolveTask
from storage.runs import RunRecord, RunTable


class EvolutionView(CardView):
    """Implements ``RunView`` on Slack for evolutions of instruction data."""

    def __init__(
        self,
        run: RunRecord,
        runs: RunTable,
        poster: Poster,
        posts: EvolutionPosts,
        board: RunBoard,
        bot_name: str,
    ) -> None:
        request = EvolveRequest.from_dict(run.request)
        card = RunCard(
            run_id=run.id,
            owner=run.owner,
            title=evolution_title(request),
            preset=request.effort,
            files=one_line(request.data_file.name, 100),
            words=EVOLVING,
        )
        super().__init__(run, card, runs, poster, board, bot_name)
        self._posts = posts
        self._notebook = StepNotebook()

    def understood(self, task: EvolveTask) -> None:
        """Nothing is known of the rows before they have been read through; see ``EvolutionStarted``."""

    def show(self, event: Event) -> None:
        """Draw the next event."""
        self._notebook.read(event)
        match event:
            case Progress():
                self._show_progress(event)
            case EvolutionStarted():
                self._show_start(event)
            case MethodScored() if event.step == 0:
                self._change(start=event.rate, best=event.rate)
                self._thread.say("baseline", first_rate(event))
            case FeedbackTaken():
                self._thread.feedback_taken(event.text, event.author)
            case StepStarted():
                self._change(round=event.step, rounds=event.steps)
            case MethodSelected() if event.step > 0:
                self._change(best=event.rate)
                notes = self._notebook.close(event)
                self._steps.tell(event.step, step_reply(notes), step_line(notes))
            case ApplicationStarted():
                self._change(round=0, rounds=0)
            case EvolutionFinished():
                self._silent = True
            case _:
                pass

    def finished(self, result: EvolveResult) -> Future[None]:
        """Post the result and the data, and close the first message. May block while pictures are drawn."""
        outcome = self._posts.outcome(self._run, result)
        self._end_card(
            evolution_headline(outcome.finished, outcome.holdout, outcome.applied),
            cancelled=result.stopped_because == "cancelled",
            calls=result.calls,
            cost=result.cost,
            seconds=result.seconds,
        )
        self._thread.tell_unread()
        posts = self._posts.post(self._thread, result, outcome)
        posts.link.add_done_callback(self._link_result)
        return posts.all_done

    def _show_start(self, event: EvolutionStarted) -> None:
        self._change(
            stage="running",
            examples=event.rows,
            models=(event.evol_model, event.answer_model, event.optimizer_model),
            forecast_calls=event.forecast_calls,
        )
        self._thread.say("data", data_understood(event))


def evolution_title(request: EvolveRequest) -> str:
    """What an evolution is called: its goal, else its data."""
    return title_of("", request.goal) if request.goal else f"Instructions of {request.data_file.name}"
