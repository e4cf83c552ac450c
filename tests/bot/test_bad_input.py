"""Bad input: each kind gets a sentence that names the place and the way out; nothing is lost or charged."""

from __future__ import annotations

import pytest

from tests.bot.office import TICKETS, Office, run_id_of, shown

HEADER, *ROWS = TICKETS.decode().splitlines()


def _csv(rows: list[str], header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode() + b"\n"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"prompt": None}, "prompt", "Write the prompt"),
        ({"prompt": "   \n "}, "prompt", "Write the prompt"),
        ({"prompt_file": [("p.txt", b"Which team? {ticket}")]}, "prompt_file", "Keep one of the two"),
        ({"examples": None}, "examples", "at least one file"),
        ({"examples": [("photo.png", b"x")]}, "examples", "photo.png"),
        ({"prompt": None, "prompt_file": [("p.docx", b"x")]}, "prompt_file", "p.docx"),
        ({"examples": [("big.csv", b"a,b\n" * 2_800_000)]}, "examples", "big.csv"),
    ],
)
def test_the_form_says_at_the_right_field_what_is_wrong(shared_office: Office, values, field, words):
    office = shared_office
    answer = office.ask(**values)
    assert list(answer["errors"]) == [field]
    assert words in answer["errors"][field]
    assert office.store.runs.unfinished() == []


CASES = {
    "a broken row": (
        {"examples": [("t.csv", _csv([*ROWS[:30], '"open quote,billing', *ROWS[30:60]]))]},
        ["t.csv"],
    ),
    "a row with too many cells": (
        {"examples": [("t.csv", _csv([*ROWS[:30], "a,b,c,d,e,f"]))]},
        ["t.csv", "31"],
    ),
    "the wrong encoding": ({"examples": [("t.csv", b"ticket,team\n\xff\xfe\x81\x00\x01")]}, ["t.csv"]),
    "one label only": (
        {"examples": [("t.csv", _csv([f"ticket {n},billing" for n in range(40)], "ticket,team"))]},
        ["billing"],
    ),
    "a missing column": ({"target": "no_such_column"}, ["no_such_column"]),
    "a web page": (
        {"examples": [("t.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>")]},
        ["t.csv", "web page"],
    ),
    "an empty table": ({"examples": [("t.csv", b"ticket,team\n")]}, ["t.csv"]),
    "fewer than twenty examples": ({"examples": [("t.csv", _csv(ROWS[:12]))]}, ["12", "20"]),
    "a placeholder that no column fills": ({"prompt": "Say the team. {nowhere} {ticket}"}, ["{nowhere}"]),
    "a prompt of 100,000 characters": (
        {"prompt": None, "prompt_file": [("p.txt", b"word " * 20_000)]},
        ["100,000", "characters"],
    ),
    "a prompt that is no text": (
        {"prompt": None, "prompt_file": [("p.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01")]},
        ["p.txt"],
    ),
    "broken JSON": ({"examples": [("t.jsonl", b'{"a": 1}\n{"a": \n')]}, ["t.jsonl"]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_thread_says_what_is_wrong_with_the_content_and_charges_nothing(shared_office: Office, name):
    office = shared_office
    values, words = CASES[name]
    assert office.ask(**values) == {}
    told = office.says("The way out")
    text = shown(told)
    for word in words:
        assert word in text
    assert "Nothing was charged" in text
    assert "Traceback" not in text
    parent = office.says("Could not finish")
    assert office.ended(run_id_of(parent)) == "failed"
    assert office.model.stats()["requests"] == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_slack_is_waited_for_when_a_file_is_fetched(office, status: int):
    waits: list[float] = []
    office.bot.desk._fetcher._sleep = waits.append
    office.workspace.fail_next("files-pri", status=status, retry_after=7, count=2)
    office.ask()
    assert office.ended(run_id_of(office.says("Run r-"))) == "done"
    assert waits == [7.0, 7.0]


@pytest.mark.parametrize(
    ("status", "words"),
    [(429, "could not be fetched"), (418, "could not be fetched"), (410, "no longer there")],
)
def test_what_a_refused_download_means_is_told_truly(office, status: int, words: str):
    office.bot.desk._fetcher._sleep = lambda seconds: None
    office.workspace.fail_next("files-pri", status=status, count=99)
    office.ask()
    told = shown(office.says("The way out"))
    assert words in told
    assert ("files:read" in told) == (status == 410)


def test_a_file_that_grew_behind_its_stated_size_is_cut_off(workspace, model, tmp_path):
    from dataclasses import replace

    from slack_sdk import WebClient

    from bot.background.request import FileRef
    from bot.slack.clients import OneClient
    from bot.slack.files import FileFetcher
    from optimizer.errors import InputError

    file_id = workspace.upload("alice", "big.csv", b"a,b\n" * 500_000)
    workspace.inspect(lambda w: setattr(w.state.files[file_id], "given_to_app", True))
    client = WebClient(workspace.bot_token, base_url=workspace.api_url)
    url = client.files_info(file=file_id)["file"]["url_private"]
    host = workspace.api_url.split("/")[2]
    ref = FileRef(file_id, "big.csv", 10, url)
    with pytest.raises(InputError, match=r"big\.csv"):
        FileFetcher(OneClient(client), host, 1024 * 1024).fetch("T0SANDBOX1", ref)
    assert len(FileFetcher(OneClient(client), host, 10 * 1024 * 1024).fetch("T0SANDBOX1", ref)) == 2_000_000
    with pytest.raises(InputError, match="not stored at Slack"):
        FileFetcher(OneClient(client), host, 1024).fetch(
            "T0SANDBOX1", replace(ref, url="http://169.254.169.254/latest")
        )
