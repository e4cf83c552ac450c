"""The poster: pace, order, newest state, refusals of Slack."""

from __future__ import annotations

from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.config import Pace
from bot.slack.blocks import Message
from bot.slack.clients import OneClient
from bot.slack.limiter import EDIT, POST, UPLOAD, Limiter
from bot.slack.outbox import Job, Outbox
from bot.slack.poster import Poster
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import BRISK, Office, bot_at_work, run_id_of, settings_for, shown


def _drain(outbox: Outbox, start: float = 0.0) -> list[tuple[float, Job]]:
    """Send everything on a virtual clock and return when each job went out."""
    now, sent = start, []
    while len(outbox):
        job, ready = outbox.take(now)
        if job is None:
            now = ready
        else:
            sent.append((now, job))
            job.done.set_result(None)
    return sent


def _job(method: str, channel: str = "C1", lane: str = "r1", message: str = "") -> Job:
    return Job(method, channel, lane, lambda client: None, message=message)


def test_posts_into_one_channel_keep_a_second_between_them_after_a_burst():
    outbox = Outbox(Limiter(Pace(post_spacing=1.0, post_burst=3)))
    for _ in range(6):
        outbox.put(_job(POST))
    assert [round(at, 3) for at, _ in _drain(outbox)] == [0, 0, 0, 1, 2, 3]


def test_channels_do_not_wait_for_each_other():
    outbox = Outbox(Limiter(Pace(post_spacing=1.0, post_burst=1)))
    for channel in ("C1", "C2", "C3"):
        outbox.put(_job(POST, channel, lane=channel))
    assert [at for at, _ in _drain(outbox)] == [0, 0, 0]


def test_twenty_runs_stay_below_fifty_edits_a_minute():
    outbox = Outbox(Limiter(Pace()))
    times: list[float] = []
    now = 0.0
    while now < 300:
        for run in range(20):
            outbox.put(_job(EDIT, message=f"m{run}"))
        job, ready = outbox.take(now)
        if job is not None:
            times.append(now)
        else:
            now = min(ready, now + 0.5)
    for start in range(0, 240, 5):
        assert sum(start <= at < start + 60 for at in times) <= 50


def test_one_message_is_edited_at_most_every_three_seconds_unless_it_is_urgent():
    limiter = Limiter(Pace())
    limiter.took(EDIT, "C1", 10.0, message="m")
    assert limiter.ready_at(EDIT, "C1", 10.5, message="m") == 13.0
    assert limiter.ready_at(EDIT, "C1", 10.5, message="m", urgent=True) == 10.5
    assert limiter.ready_at(EDIT, "C1", 10.5, message="other") == 10.5


def test_only_the_newest_edit_of_a_message_is_sent():
    outbox = Outbox(Limiter(Pace()))
    jobs = [_job(EDIT, message="m") for _ in range(5)]
    for job in jobs:
        outbox.put(job)
    assert [job for _, job in _drain(outbox)] == [jobs[-1]]
    assert all(job.done.done() for job in jobs)


def test_an_edit_that_must_be_repeated_gives_way_to_a_newer_one():
    outbox = Outbox(Limiter(Pace()))
    older, newer = _job(EDIT, message="m"), _job(EDIT, message="m")
    outbox.put(older)
    taken, _ = outbox.take(0.0)
    outbox.put(newer)
    assert taken is older
    outbox.put_back(older)
    assert [job for _, job in _drain(outbox)] == [newer]


def test_posts_of_a_run_keep_their_order_when_one_has_to_be_repeated():
    outbox = Outbox(Limiter(Pace()))
    first, second = _job(POST), _job(POST)
    outbox.put(first)
    outbox.put(second)
    taken, _ = outbox.take(0.0)
    outbox.put_back(taken)
    assert [job for _, job in _drain(outbox)] == [first, second]


def test_a_method_that_slack_slowed_down_is_held_for_all_and_others_go_on():
    limiter = Limiter(Pace())
    limiter.hold(EDIT, "C1", 30.0)
    assert limiter.ready_at(EDIT, "C2", 0.0, message="m") == 30.0
    assert limiter.ready_at(UPLOAD, "C1", 0.0) == 0.0


@pytest.fixture
def poster(workspace: RunningWorkspace):
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    poster = Poster(OneClient(client), "T0SANDBOX1", BRISK)
    yield poster
    poster.close()


def _say(text: str) -> Message:
    return Message(text, ({"type": "section", "text": {"type": "plain_text", "text": text}},))


@pytest.mark.parametrize(
    "fault", [{"status": 429, "retry_after": 1}, {"status": 503}, {"error": "internal_error"}]
)
def test_a_post_is_repeated_when_slack_asks_to_wait_or_stumbles(
    poster: Poster, workspace: RunningWorkspace, fault
):
    workspace.fail_next("chat.postMessage", **fault)
    channel = workspace.channel_id("prompts")
    sent = [poster.post(channel, _say(f"number {n}")) for n in range(3)]
    assert all(future.result(timeout=20) for future in sent)
    assert [m["text"] for m in workspace.messages("prompts")] == ["number 0", "number 1", "number 2"]


def test_blocks_that_a_workspace_does_not_know_yet_are_left_out(poster: Poster, workspace: RunningWorkspace):
    from bot.slack.messages.review import review_bar

    workspace.fail_next("chat.postMessage", error="invalid_blocks")
    content = Message("result", tuple(review_bar("p-1", "r-1")))
    assert poster.post(workspace.channel_id("prompts"), content).result(timeout=20)
    kinds = [block["type"] for block in workspace.messages("prompts")[-1]["blocks"]]
    assert kinds == ["actions"]
    workspace.fail_next("chat.postMessage", error="invalid_blocks")
    assert poster.post(workspace.channel_id("prompts"), _say("plain")).exception(timeout=20) is not None


def test_a_refusal_reaches_who_posted_and_does_not_stop_others(poster: Poster, workspace: RunningWorkspace):
    refused = poster.post(workspace.channel_id("general"), _say("x"))
    taken = poster.post(workspace.channel_id("prompts"), _say("y"))
    assert refused.exception(timeout=20) is not None
    assert taken.result(timeout=20)


def test_a_message_that_cannot_be_drawn_does_not_stop_others(poster: Poster, workspace: RunningWorkspace):
    channel = workspace.channel_id("prompts")
    ts = poster.post(channel, _say("first")).result(timeout=20)
    broken = poster.edit(channel, ts, lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    assert broken.exception(timeout=20) is not None
    assert poster.edit(channel, ts, lambda: _say("second")).exception(timeout=20) is None


def _is_first(message: dict) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"]


def test_when_editing_is_closed_a_new_reply_carries_the_state(office: Office):
    office.workspace.fail_next("chat.update", error="edit_window_closed", count=3)
    office.ask()
    parent = office.find(lambda message: " · r-" in message["text"] and _is_first(message))
    assert office.ended(run_id_of(parent)) == "done"
    states = [reply for reply in office.thread(parent) if "Run r-" in shown(reply.get("blocks", []))]
    assert "✅" in shown(states[-1])


def test_a_result_that_cannot_be_posted_goes_to_the_owner(office: Office):
    office.model.control(hold_after=0)
    office.ask()
    office.says("What I understood")
    run_id = run_id_of(office.find(lambda message: "r-" in message["text"]))
    office.workspace.inspect(lambda w: setattr(w.state.channel("prompts"), "is_archived", True))
    office.model.control(hold_after=-1)
    assert office.ended(run_id) == "done"
    assert "held-out" in shown(office.says("held-out examples", channel="@alice"))


def test_a_run_keeps_to_slacks_own_limits_at_the_default_pace(model: RunningModel, tmp_path: Path):
    with RunningWorkspace() as workspace:
        settings = settings_for(workspace, model, tmp_path, pace=Pace())
        with bot_at_work(settings) as (bot, store):
            workspace.wait_for_app()
            office = Office(workspace, model, bot, store)
            office.ask()
            office.ask("bob")
            runs = [run.id for run in store.runs.unfinished()]
            assert [office.ended(run_id) for run_id in runs] == ["done", "done"]
            assert [call for call in workspace.calls() if call.get("error")] == []
