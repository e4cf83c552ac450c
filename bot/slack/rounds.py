"""Going on after the end of a run: another run in the same thread, from what the first one found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.background.request import OptimizeRequest, Wish
from bot.slack.doors import Asker, Refused
from bot.slack.escaping import markup
from bot.slack.messages.notices import notice
from bot.slack.reception import Reception
from bot.slack.starting import place_for, start_run
from storage.prompts import PromptRecord
from storage.runs import RunRecord

MORE_ROUNDS = 2


def start_another(
    reception: Reception,
    run: RunRecord,
    asker: Asker,
    *,
    cause: str,
    wishes: tuple[Wish, ...],
    record: PromptRecord | None = None,
    claim: Callable[[], None] = lambda: None,
) -> RunRecord:
    """Start further rounds on the same examples, from ``record`` or the prompt that ``run`` ended with.

    Raises:
        Refused: the run's kind knows no further rounds, it cannot be posted, or ``claim`` says so.
        InputError: a wish holds something that looks like a secret.
    """
    _insist_on_optimising(run)
    request = replace(_from_result(reception, run, asker, record), wishes=wishes, rounds=MORE_ROUNDS)
    request = replace(request, learn=False)  # what came of the lessons is in the prompt that it goes on from
    names = reception.store.runs.file_names(run.id)
    kept = [name for name in names if name != "prompt" or request.prompt_file is not None]
    place = place_for(reception, asker, run.here.channel, run.here.thread_ts)
    return start_run(
        reception,
        run.kind,
        request.to_dict(),
        asker,
        place,
        cause=f"{run.id}/{cause}",
        only_me=run.only_me,
        files={name: reception.store.runs.read_file(run.id, name) for name in kept},
        claim=claim,
    )


def start_again_request(reception: Reception, run: RunRecord, asker: Asker) -> OptimizeRequest:
    """The content of the form for running again on new data: the prompt without the old examples.

    Raises:
        Refused: runs of this kind cannot go on.
    """
    _insist_on_optimising(run)
    request = _from_result(reception, run, asker, None)
    return replace(request, example_files=(), pasted="", wishes=(), rounds=0)


def _from_result(
    reception: Reception, run: RunRecord, asker: Asker, record: PromptRecord | None
) -> OptimizeRequest:
    request = replace(
        OptimizeRequest.from_dict(run.request), lessons=None
    )  # who may be told may have changed
    kept = reception.store.prompts.of_run(run.id, reception.doors.viewer(asker))
    found = record or (kept[-1] if kept else None)
    if found is None:
        return request
    return replace(request, prompt_text=found.text, prompt_file=None, parent=found.id)


def _insist_on_optimising(run: RunRecord) -> None:
    if run.kind != "optimize":
        raise Refused(notice(markup("Runs of this kind cannot go on after their end. Start a new one.")))
