"""Everything that is posted at the end of a run: score plot, final post, files, and the way to them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from bot.background.prompt_ids import prompt_id_of
from bot.slack.diff import whole_diff
from bot.slack.futures import after_all, silent
from bot.slack.messages.figures import share
from bot.slack.messages.final import Outcome, draw_outcome
from bot.slack.messages.review import review_bar
from bot.slack.messages.run_bar import run_bar
from bot.slack.run_thread import FILES, FINAL, RunThread
from bot.slack.uploading import Attachment
from optimizer.errors import PromptbeamError
from optimizer.events import BeamSelected, Event, RunFinished, RunStarted
from optimizer.holdout_events import HoldoutTested
from optimizer.report import build_report
from optimizer.run import Result
from storage.runs import RunRecord, RunTable
from storage.uploads import UploadTable

logger = logging.getLogger(__name__)

PLOT = "plot"


@dataclass(frozen=True, slots=True)
class EndPosts:
    """``link`` holds the final post's address (empty when there is none), ``all_done`` waits for everything."""

    link: Future[Any]
    all_done: Future[None]


class ResultPosts:
    """Builds and posts them; each is remembered by name and posted once."""

    def __init__(self, runs: RunTable, uploads: UploadTable) -> None:
        self._runs = runs
        self._uploads = uploads

    def post(
        self,
        thread: RunThread,
        result: Result,
        finished: RunFinished,
        holdout: HoldoutTested | None,
    ) -> EndPosts:
        """Post what is not posted yet. Draws pictures: call it off the event loop."""
        run = thread.run
        events = self._runs.events(run.id)
        waiting: list[Future[Any]] = []
        picture = None if thread.has(PLOT) else _plot(events)
        if picture is not None:
            waiting.append(silent(thread.upload(PLOT, [picture], noted_in(self._uploads, run))))
        link: Future[Any] = Future()
        if thread.has(FINAL):
            link.set_result("")
        else:
            outcome = Outcome(
                run_id=run.id,
                owner=run.owner,
                finished=finished,
                holdout=holdout,
                seconds=result.seconds,
                models=_models(events),
                plot_failed=picture is None and not thread.has(PLOT),
                actions=tuple(
                    run_bar(run.id) if holdout is None else review_bar(prompt_id_of(run.id), run.id)
                ),
            )
            final = thread.say(FINAL, draw_outcome(outcome))
            final.add_done_callback(lambda sent: ask_for_link(thread, sent, link))
        if not thread.has(FILES):
            waiting.append(
                silent(thread.upload(FILES, result_files(result, events), noted_in(self._uploads, run)))
            )
        return EndPosts(link, after_all([*waiting, link]))


def noted_in(uploads: UploadTable, run: RunRecord) -> Callable[[Mapping[str, str]], None]:
    """Return what remembers the ids of a run's uploaded files, so that deleting the run can reach them."""

    def remember(uploaded: Mapping[str, str]) -> None:
        try:
            uploads.note(run.id, uploaded, run.place.team)
        except PromptbeamError as error:
            logger.error("uploads of run %s were not noted: %s", run.id, error.message)

    return remember


def ask_for_link(thread: RunThread, sent: Future[Any], link: Future[Any]) -> None:
    """Settle ``link`` with the address of the post that ``sent`` is about; empty when it was not posted."""
    if sent.exception() is not None:
        link.set_result("")
        return
    thread.permalink(str(sent.result())).add_done_callback(lambda asked: link.set_result(asked.result()))


def result_files(result: Result, events: Sequence[Event]) -> list[Attachment]:
    """The files of a finished run: the prompt alone, the changes, the whole report."""
    files = [Attachment("prompt.txt", file_bytes(result.final_prompt), "The prompt")]
    if result.candidate_prompt not in (result.final_prompt, result.seed_prompt):
        files.append(
            Attachment(
                "candidate.txt", file_bytes(result.candidate_prompt), "The best candidate, not confirmed"
            )
        )
    if result.candidate_prompt != result.seed_prompt:
        change = whole_diff(result.seed_prompt, result.candidate_prompt, "your prompt", "new prompt")
        files.append(Attachment("changes.diff", file_bytes(change), "The changes", snippet="diff"))
    report = json.dumps(build_report(result, events), indent=2)
    files.append(Attachment("report.json", file_bytes(report), "The whole report"))
    return files


def file_bytes(text: str) -> bytes:
    """Return a text as a file's content; Slack takes no empty file."""
    return text.encode("utf-8", "replace") or b"\n"


def _plot(events: Sequence[Event]) -> Attachment | None:
    """Draw the scores; None when that fails (the result matters more than its picture)."""
    scores = [event.best_score for event in events if isinstance(event, BeamSelected)]
    if not scores:
        return None
    try:
        from bot.plots import score_plot

        data = score_plot(events)
    except Exception:
        logger.exception("the score plot could not be drawn")
        return None
    alt = "Best score after each round: " + ", ".join(share(score) for score in scores)
    return Attachment("scores.png", data, "Scores", alt=alt)


def _models(events: Sequence[Event]) -> tuple[str, ...]:
    for event in events:
        if isinstance(event, RunStarted):
            return (event.task_model, event.optimizer_model)
    return ()
