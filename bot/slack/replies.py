"""Replies in a run's thread: words for the next round, a wish to stop, or the start of another run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.background.request import Wish
from bot.background.words import in_words
from bot.slack.awaited import post_awaited
from bot.slack.blocks import Message
from bot.slack.counter import Counter
from bot.slack.doors import Asker, Refused, asker_of, team_of
from bot.slack.draft_buttons import KIND, claim_of, draft_of, remember_message, settled_already, show_draft
from bot.slack.escaping import markup
from bot.slack.feedback_marks import keep_said
from bot.slack.incoming.pieces import Pieces, joined
from bot.slack.incoming.said import Said
from bot.slack.messages.notices import not_steering, notice
from bot.slack.messages.review import AGAIN, JUST_SAVE, another_round_offer, no_round_offer, saved
from bot.slack.privately import mark_seen, whisper
from bot.slack.reception import Reception
from bot.slack.rounds import start_again_request, start_another
from bot.slack.stopping import UNDER_WAY, stop_run
from optimizer.errors import InputError
from storage.drafts import Draft
from storage.runs import RunRecord
from storage.secrets import refuse_secrets

MOST_CHARACTERS = 3_000
_STOP_WORDS = frozenset({"stop", "cancel"})


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the two buttons that a reply after the end brings."""

    @counter.action(AGAIN)
    def again(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft = _wish(reception, str(action["value"]), asker_of(body))
        run = reception.doors.own_run(str(draft.body["run"]), asker_of(body))
        wish = Wish(str(draft.body["text"]), draft.owner)
        claim = claim_of(reception, draft)
        start_another(reception, run, asker_of(body), cause=draft.id, wishes=(wish,), claim=claim)
        _settle_offer(reception, body, "Another round starts with it, here in this thread.")

    @counter.action(JUST_SAVE)
    def just_save(body: dict[str, Any], action: dict[str, Any]) -> None:
        draft = _wish(reception, str(action["value"]), asker_of(body))
        if not reception.store.drafts.settle(draft.id, "cancelled"):
            raise Refused(settled_already())
        _settle_offer(reception, body, f"Saved with the {_save_review(reception, draft)}.")


def pick_run(runs: Sequence[RunRecord]) -> RunRecord:
    """Of the runs of one thread, the one that a reply is meant for: what works now, else the newest."""
    return next((run for run in runs if run.status in UNDER_WAY), runs[0])


def take_reply(reception: Reception, said: Said, run: RunRecord) -> None:
    """Do what a reply asks for; who may not steer the run is told so, once and alone."""
    asker = Asker(said.user, said.team)
    if is_talk(said):
        return
    if not reception.doors.may_change(asker, run.owner):
        if reception.told.first(f"{run.id}/{said.user}"):
            whisper(reception.posters, said, not_steering(run.owner))
        return
    words = said.text.strip()
    if is_stop(words):
        whisper(reception.posters, said, stop_run(reception, run.id, asker))
        return
    try:
        refuse_secrets(words, "reply")
        if run.status in UNDER_WAY:
            _steer(reception, said, run, words)
        elif said.files:
            _with_new_files(reception, said, run)
        elif words:
            _after_the_end(reception, said, run, words)
    except InputError as error:
        whisper(reception.posters, said, notice(markup("❌ {error}", error=in_words(error))))


def is_talk(said: Said) -> bool:
    """Whether people talk to each other."""
    return bool(said.people) and said.text.startswith("@")


def is_stop(words: str) -> bool:
    """Whether somebody wants the run to stop."""
    return words.lower().strip(" .!") in _STOP_WORDS


def insist_on_length(words: str) -> None:
    """Refuse a reply that is too long to steer with.

    Raises:
        InputError: it is.
    """
    if len(words) > MOST_CHARACTERS:
        raise InputError(
            f"These are {len(words):,} characters; the run reads {MOST_CHARACTERS:,} of a reply.",
            "Say it shorter.",
        )


def feedback_key(run: RunRecord, said: Said) -> str:
    """The name under which a reply is passed to a run."""
    return f"{run.id}/{said.ts}"


def _steer(reception: Reception, said: Said, run: RunRecord, words: str) -> None:
    if not words:
        whisper(
            reception.posters,
            said,
            notice(markup("Files cannot join a run under way. Post them here again when it has ended.")),
        )
        return
    insist_on_length(words)
    keep_said(reception.store.runs, run.id, said.ts, words, said.user)
    if reception.service.feedback(run.id, words, said.user, key=feedback_key(run, said)):
        mark_seen(reception.posters, said)
    else:
        whisper(
            reception.posters, said, notice(markup("{run} cannot hear you right now. Try again.", run=run.id))
        )


def _after_the_end(reception: Reception, said: Said, run: RunRecord, words: str) -> None:
    """Ask whether the words shall start another round; they wait with the thread."""
    draft = draft_of(said, "wish", body={"run": run.id, "kind": run.kind, "text": words[:MOST_CHARACTERS]})
    reception.store.drafts.put(draft)
    offer = offer_after_the_end(draft, words)
    poster = reception.posters.of(said.team)
    posted = post_awaited(poster, said.user, said.channel, offer, thread_ts=said.root, lane=run.id)
    posted.add_done_callback(lambda sent: remember_message(reception, draft, sent))


def offer_after_the_end(draft: Draft, words: str) -> Message:
    """What is asked about a reply to a run that has ended; only an optimisation can go on."""
    if draft.body.get("kind", KIND) == KIND:
        return another_round_offer(draft.id, words)
    return no_round_offer(draft.id, words, str(draft.body["run"]))


def _with_new_files(reception: Reception, said: Said, run: RunRecord) -> None:
    """Offer to run again with the files of a reply as new examples."""
    if run.kind != KIND:
        told = markup(
            "This run has ended, and files cannot join it. “Run again…” below its result takes them."
        )
        whisper(reception.posters, said, notice(told))
        return
    start = start_again_request(reception, run, Asker(said.user, said.team))
    pieces = joined(Pieces(start), replace(said, text="", fenced=()))
    draft = draft_of(said, thread_ts=said.root)
    show_draft(
        reception, draft, replace(pieces, doubts=("I start from the prompt of this thread.", *pieces.doubts))
    )


def _wish(reception: Reception, draft_id: str, asker: Asker) -> Draft:
    draft = reception.store.drafts.get(draft_id, asker.team)
    if draft is None or draft.kind != "wish" or draft.state != "open":
        raise Refused(notice(markup("That was answered already.")))
    if not reception.doors.may_change(asker, draft.owner):
        raise Refused(not_steering(draft.owner))
    return draft


def _save_review(reception: Reception, draft: Draft) -> str:
    """Store what somebody said after the end, and tell with what: the run's prompt, or the run itself."""
    run_id, words = str(draft.body["run"]), str(draft.body["text"])
    viewer = reception.doors.viewer(Asker(draft.owner, draft.team))
    kept = reception.store.prompts.of_run(run_id, viewer)
    if kept:
        reception.store.prompts.review(kept[-1].id, "request_changes", viewer, words)
        return "prompt"
    reception.store.run_reviews.add(run_id, "request_changes", draft.owner, words)
    return "run"


def _settle_offer(reception: Reception, body: dict[str, Any], words: str) -> None:
    container = body.get("container") or {}
    channel, ts = str(container.get("channel_id") or ""), str(container.get("message_ts") or "")
    if channel and ts:
        reception.posters.of(team_of(body)).edit(channel, ts, lambda: saved(words), urgent=True)
