"""Everything that is posted at the end of a run: score plot, final post, files, and the way to them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient

from bot.slack.blocks import Message
from bot.slack.diff import whole_diff
from bot.slack.messages.figures import share
from bot.slack.messages.final import Outcome, draw_outcome
from bot.slack.poster import Attachment, Poster, PosterClosed
from optimizer.errors import PromptbeamError
from optimizer.events import BeamSelected, Event, HoldoutTested, RunFinished, RunStarted
from optimizer.report import build_report
from optimizer.run import Result
from storage.runs import RunRecord, RunTable
from storage.uploads import UploadTable

logger = logging.getLogger(__name__)

PLOT, FINAL, FILES = "plot", "final", "files"
Note = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class EndPosts:
    """``link`` holds the final post's address (empty when there is none), ``all_done`` waits for everything."""

    link: Future[Any]
    all_done: Future[None]


class ResultPosts:
    """Builds and posts them; each is remembered by name and posted once."""

    def __init__(self, runs: RunTable, uploads: UploadTable, poster: Poster) -> None:
        self._runs = runs
        self._uploads = uploads
        self._poster = poster

    def post(
        self,
        run: RunRecord,
        thread_ts: str,
        posted: Mapping[str, str],
        result: Result,
        finished: RunFinished,
        holdout: HoldoutTested | None,
        note: Note,
    ) -> EndPosts:
        """Post what is not posted yet. Draws pictures: call it off the event loop."""
        channel, lane = run.place.channel, run.id
        events = self._runs.events(run.id)
        waiting: list[Future[Any]] = []
        picture = None if posted.get(PLOT) else _plot(events)
        if picture is not None:
            sent = self._upload(run, [picture], thread_ts)
            waiting.append(_noted(sent, PLOT, note))
        link: Future[Any] = Future()
        if posted.get(FINAL):
            link.set_result("")
        else:
            outcome = Outcome(
                run_id=run.id,
                owner=run.owner,
                finished=finished,
                holdout=holdout,
                seconds=result.seconds,
                models=_models(events),
                plot_failed=picture is None and not posted.get(PLOT),
            )
            content = draw_outcome(outcome)
            final = self._poster.post(channel, content, thread_ts=thread_ts, lane=lane)
            final.add_done_callback(lambda sent: self._after_final(run, content, sent, link))
            waiting.append(_noted(final, FINAL, note))
        if not posted.get(FILES):
            files = result_files(result, events)
            waiting.append(_noted(self._upload(run, files, thread_ts), FILES, note))
        return EndPosts(link, _after_all([*waiting, link]))

    def _upload(self, run: RunRecord, files: Sequence[Attachment], thread_ts: str) -> Future[Any]:
        """Upload files and remember their ids, so that deleting the run can reach them."""

        def remember(uploaded: Mapping[str, str]) -> None:
            try:
                self._uploads.note(run.id, uploaded)
            except PromptbeamError as error:
                logger.error("uploads of run %s were not noted: %s", run.id, error.message)

        return self._poster.upload(
            run.place.channel, files, thread_ts=thread_ts, lane=run.id, uploaded=remember
        )

    def _after_final(self, run: RunRecord, content: Message, sent: Future[Any], link: Future[Any]) -> None:
        """Ask for the post's address; when it could not be posted, send the result to its owner."""
        channel = run.place.channel
        if isinstance(sent.exception(), PosterClosed):
            link.set_result("")
            return
        if sent.exception() is not None:
            logger.warning("the result of run %s could not be posted; it goes to its owner", run.id)
            self._poster.post(run.owner, content).add_done_callback(lambda _: link.set_result(""))
            return
        ts = str(sent.result())

        def ask(client: WebClient) -> str:
            return str(client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])

        def answered(future: Future[Any]) -> None:
            link.set_result("" if future.exception() is not None else future.result())

        self._poster.call("chat.getPermalink", ask, channel=channel, lane=run.id).add_done_callback(answered)


def result_files(result: Result, events: Sequence[Event]) -> list[Attachment]:
    """The files of a finished run: the prompt alone, the changes, the whole report."""
    files = [Attachment("prompt.txt", _bytes(result.final_prompt), "The prompt")]
    if result.candidate_prompt not in (result.final_prompt, result.seed_prompt):
        files.append(
            Attachment("candidate.txt", _bytes(result.candidate_prompt), "The best candidate, not confirmed")
        )
    if result.candidate_prompt != result.seed_prompt:
        change = whole_diff(result.seed_prompt, result.candidate_prompt, "your prompt", "new prompt")
        files.append(Attachment("changes.diff", _bytes(change), "The changes", snippet="diff"))
    report = json.dumps(build_report(result, events), indent=2)
    files.append(Attachment("report.json", _bytes(report), "The whole report"))
    return files


def _bytes(text: str) -> bytes:
    """Slack takes no empty file."""
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


def _noted(sent: Future[Any], name: str, note: Note) -> Future[Any]:
    def remember(future: Future[Any]) -> None:
        if future.exception() is None:
            note(name, str(future.result()))
        elif not isinstance(future.exception(), PosterClosed):
            logger.warning("%s was not posted: %s", name, type(future.exception()).__name__)

    sent.add_done_callback(remember)
    return sent


def _after_all(futures: Sequence[Future[Any]]) -> Future[None]:
    done: Future[None] = Future()
    left = [len(futures)]

    def one_less(_: Future[Any]) -> None:
        left[0] -= 1
        if left[0] == 0:
            done.set_result(None)

    for future in futures:
        future.add_done_callback(one_less)
    return done
