"""Everything that is posted at the end of an evolution: the plot, the final post, the data and the report."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from bot.background.evolve_request import EvolveRequest
from bot.background.run_work import RESULT_FOLDER
from bot.slack.futures import after_all, silent
from bot.slack.messages.evolution_final import EvolutionOutcome, draw_evolution
from bot.slack.result_posts import PLOT, EndPosts, ask_for_link, file_bytes, noted_in
from bot.slack.run_thread import FILES, FINAL, RunThread
from bot.slack.uploading import Attachment
from optimizer.events import Event
from optimizer.evolution.events import (
    ApplicationFinished,
    DataMeasured,
    EvolutionFinished,
    EvolutionStarted,
    MethodScored,
)
from optimizer.evolution.report import build_evolution_report
from optimizer.evolution.run import EvolveResult
from optimizer.holdout_events import HoldoutTested
from storage.runs import RunRecord, RunTable
from storage.uploads import UploadTable

logger = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)
_TITLES = {
    "evolved.jsonl": "The evolved data (Alpaca, JSONL)",
    "evolved.parquet": "The evolved data (Alpaca, Parquet)",
    "evolved.openai.jsonl": "The evolved data (OpenAI chat, JSONL)",
    "failed.jsonl": "What failed, and why",
}


class EvolutionPosts:
    """Builds and posts them; each is remembered by name and posted once."""

    def __init__(self, runs: RunTable, uploads: UploadTable) -> None:
        self._runs = runs
        self._uploads = uploads

    def outcome(self, run: RunRecord, result: EvolveResult) -> EvolutionOutcome:
        """Gather what the final post tells."""
        events = self._runs.events(run.id)
        started = _last(events, EvolutionStarted)
        finished = _last(events, EvolutionFinished)
        if finished is None:
            raise RuntimeError(f"the evolution {run.id} has no end")
        return EvolutionOutcome(
            run_id=run.id,
            owner=run.owner,
            finished=finished,
            holdout=_last(events, HoldoutTested),
            applied=_last(events, ApplicationFinished),
            measured=_last(events, DataMeasured),
            seconds=result.seconds,
            models=(started.evol_model, started.answer_model, started.optimizer_model) if started else (),
            data_at=_results(run),
        )

    def post(self, thread: RunThread, result: EvolveResult, outcome: EvolutionOutcome) -> EndPosts:
        """Post what is not posted yet. Draws pictures: call it off the event loop."""
        events = self._runs.events(thread.run.id)
        noted = noted_in(self._uploads, thread.run)
        waiting: list[Future[Any]] = []
        picture = None if thread.has(PLOT) else _plot(events)
        if picture is not None:
            waiting.append(silent(thread.upload(PLOT, [picture], noted)))
        link: Future[Any] = Future()
        if thread.has(FINAL):
            link.set_result("")
        else:
            final = thread.say(FINAL, draw_evolution(outcome))
            final.add_done_callback(lambda sent: ask_for_link(thread, sent, link))
        if not thread.has(FILES):
            waiting.append(silent(thread.upload(FILES, self._files(thread.run.id, result, events), noted)))
        return EndPosts(link, after_all([*waiting, link]))

    def _files(self, run_id: str, result: EvolveResult, events: Sequence[Event]) -> list[Attachment]:
        """The method alone, the evolved data in every form, the whole report."""
        files = [Attachment("method.txt", file_bytes(result.final_method), "The evolving method")]
        for slot in self._runs.file_names(run_id):
            name = slot.removeprefix(RESULT_FOLDER)
            data = self._runs.read_file(run_id, slot) if name != slot else b""
            if data:
                files.append(Attachment(name, data, _TITLES.get(name, name)))
        report = json.dumps(build_evolution_report(result, events), indent=2)
        return [*files, Attachment("report.json", file_bytes(report), "The whole report")]


def _results(run: RunRecord) -> str:
    address = EvolveRequest.from_dict(run.request).results(run.id)
    return address.text if address else ""


def _last(events: Sequence[Event], kind: type[E]) -> E | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def _plot(events: Sequence[Event]) -> Attachment | None:
    """Draw the failure rates; None when there are none, or when that fails (the data matters more)."""
    if not any(isinstance(event, MethodScored) for event in events):
        return None
    try:
        from bot.evolution_plots import failure_rate_plot, failure_rate_text

        data = failure_rate_plot(events)
    except Exception:
        logger.exception("the failure rates could not be drawn")
        return None
    return Attachment("failure_rates.png", data, "Failure rates", alt=failure_rate_text(events))
