"""Runs, their files, their messages and their events."""

from __future__ import annotations

from pathlib import Path

import pytest
from storage_records import PRIVATE, run

from optimizer.errors import InputError
from optimizer.events import BaselineScored, CandidatesProposed, Progress, Proposal
from storage.store import Store
from storage.visibility import Place, Viewer


def test_a_run_comes_back_as_it_was_stored(store: Store):
    record = run(place=Place("T1", "C1", "private", "17.5"), message_ts={"parent": "17.5"}, only_me=True)
    assert store.runs.create(record)
    assert store.runs.get("run-1") == record


def test_the_same_request_delivered_twice_is_one_run(store: Store):
    assert store.runs.create(run())
    assert not store.runs.create(run(owner="mallory"))
    assert store.runs.get("run-1").owner == "alice"


def test_an_unknown_run_is_said_to_be_unknown(store: Store):
    for ask in (
        lambda: store.runs.get("nope"),
        lambda: store.runs.set_status("nope", "running"),
        lambda: store.runs.set_thread("nope", "1.2"),
        lambda: store.runs.set_message("nope", "parent", "1.2"),
        lambda: store.runs.append_event("nope", 0, BaselineScored(0.5, 10, 0)),
        lambda: store.runs.save_file("nope", "a.csv", b""),
    ):
        with pytest.raises(InputError, match="no run 'nope'"):
            ask()


def test_a_resumed_run_keeps_its_first_start_and_loses_its_end(store: Store):
    store.runs.create(run())
    store.runs.set_status("run-1", "running", at=5.0)
    store.runs.set_status("run-1", "failed", at=6.0, error_ref="E-77")
    failed = store.runs.get("run-1")
    assert (failed.started_at, failed.finished_at, failed.error_ref) == (5.0, 6.0, "E-77")
    store.runs.set_status("run-1", "running", at=9.0)
    again = store.runs.get("run-1")
    assert (again.started_at, again.finished_at, again.error_ref) == (5.0, None, None)


def test_unfinished_runs_are_those_to_take_up_after_a_restart(tmp_path: Path):
    with Store(tmp_path) as store:
        for name, status in (
            ("a", "done"),
            ("b", "running"),
            ("c", "queued"),
            ("d", "cancelled"),
            ("e", "failed"),
        ):
            store.runs.create(run(name, status=status, created_at=float(ord("z") - ord(name))))
    with Store(tmp_path) as store:
        assert [record.id for record in store.runs.unfinished()] == ["c", "b"]


def test_thread_and_messages_are_noted_and_replaced(store: Store):
    store.runs.create(run())
    store.runs.set_thread("run-1", "100.1")
    store.runs.set_message("run-1", "progress", "100.2")
    store.runs.set_message("run-1", "progress", "100.3")
    record = store.runs.get("run-1")
    assert record.place.thread_ts == "100.1"
    assert record.message_ts == {"progress": "100.3"}


def test_an_event_is_stored_once_and_the_first_one_stays(store: Store, caplog: pytest.LogCaptureFixture):
    store.runs.create(run())
    first = CandidatesProposed(1, (Proposal("c1", "c0", "edit", "why \ud83d", "text\x00 ✓"),))
    assert store.runs.append_event("run-1", 0, first)
    assert not store.runs.append_event("run-1", 0, first)
    assert not caplog.records
    assert not store.runs.append_event("run-1", 0, BaselineScored(0.1, 2, 0))
    assert "differs" in caplog.text
    store.runs.append_event("run-1", 1, BaselineScored(0.25, 64, 3))
    assert store.runs.events("run-1") == [first, BaselineScored(0.25, 64, 3)]


def test_progress_has_no_place_in_the_history(store: Store):
    store.runs.create(run())
    with pytest.raises(ValueError, match="transient"):
        store.runs.append_event("run-1", 0, Progress(0.1, 1, 0, 1, 1, None, 1.0, None, "x"))


def test_input_files_survive_a_restart_byte_for_byte(tmp_path: Path):
    data = bytes(range(256)) * 4000
    with Store(tmp_path) as store:
        store.runs.create(run())
        store.runs.save_file("run-1", "b.csv", b"old")
        store.runs.save_file("run-1", "a.csv", b"")
        store.runs.save_file("run-1", "b.csv", data)
    with Store(tmp_path) as store:
        assert store.runs.read_file("run-1", "b.csv") == data
        assert store.runs.file_names("run-1") == ("b.csv", "a.csv")
        with pytest.raises(InputError, match=r"no file 'c\.csv'"):
            store.runs.read_file("run-1", "c.csv")


def test_recent_runs_are_those_one_may_see_newest_first(store: Store):
    store.runs.create(run("open", created_at=1.0))
    store.runs.create(run("lab", place=PRIVATE, created_at=2.0))
    store.runs.create(run("mine", only_me=True, created_at=3.0))

    def seen(viewer: Viewer) -> list[str]:
        return [record.id for record in store.runs.recent(viewer)]

    assert seen(Viewer("bob", "T1")) == ["open"]
    assert seen(Viewer("bob", "T1", frozenset({"C-lab"}))) == ["lab", "open"]
    assert seen(Viewer("alice", "T1")) == ["mine", "lab", "open"]
    assert seen(Viewer("alice", "T2")) == []
    assert store.runs.recent(Viewer("", "", everything=True), limit=1)[0].id == "mine"


def test_recent_runs_of_one_person_and_status_are_found_behind_those_of_others(store: Store):
    store.runs.create(run("mine", owner="bob", status="running", created_at=1.0))
    store.runs.create(run("ended", owner="bob", status="done", created_at=2.0))
    for number in range(5):
        store.runs.create(run(f"other{number}", created_at=10.0 + number))
    bob = Viewer("bob", "T1")
    assert [one.id for one in store.runs.recent(bob, 3, owner="bob")] == ["ended", "mine"]
    assert [one.id for one in store.runs.recent(bob, 3, owner="bob", statuses=("queued", "running"))] == [
        "mine"
    ]
    assert [one.id for one in store.runs.recent(bob, 3, statuses=("done", "failed"))] == ["ended"]
    assert store.runs.recent(Viewer("carol", "T2"), 3, owner="bob") == []


@pytest.mark.parametrize(
    "request_",
    [
        {"prompt": "use xoxb-1234567890-abcdefghij please"},
        {"files": [{"note": "xapp-1-A0123456789-abcdef"}]},
        {"options": {"api_key": "anything"}},
        {"prompt": "key sk-proj-abcDEF0123456789abcDEF"},
    ],
)
def test_a_request_with_a_secret_is_refused_and_the_secret_not_repeated(store: Store, request_: dict):
    with pytest.raises(InputError) as caught:
        store.runs.create(run(request=request_))
    assert "secret" in str(caught.value)
    assert not any(part in str(caught.value) for part in ("xoxb-", "xapp-", "sk-proj", "anything"))
    assert store.runs.unfinished() == []


def test_a_prompt_that_only_talks_about_keys_is_welcome(store: Store):
    words = "Flag messages with tokens such as xoxb-… or sk-... ; a task-oriented-and-risk-averse-assistant"
    assert store.runs.create(run(request={"prompt": words, "token_limit": 5, "bot_token": ""}))


def test_a_request_that_is_not_json_is_refused(store: Store):
    with pytest.raises(InputError, match="plain JSON"):
        store.runs.create(run(request={"file": b"bytes"}))
