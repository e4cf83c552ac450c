"""Two hundred malformed uploads: each is read or named with the way out, and none breaks anything."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

from openpyxl import Workbook

from bot.background.trouble import explain
from bot.background.turns import Limits
from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.task import build_task
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, settings_for, shown

ENDINGS = ("csv", "tsv", "json", "jsonl", "ndjson", "txt", "xlsx")


def _workbook() -> bytes:
    book = Workbook()
    for line in TICKETS.decode().splitlines()[:40]:
        book.active.append(line.split(",", 1))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _broken(draw: random.Random) -> tuple[str, bytes]:
    rows = [{"ticket": f"ticket {n}", "team": "billing"} for n in range(30)]
    whole = draw.choice(
        (TICKETS, json.dumps(rows).encode(), "\n".join(map(json.dumps, rows)).encode(), _workbook())
    )
    data = bytearray(whole)
    for _ in range(draw.randint(1, 40)):
        at = draw.randrange(len(data))
        data[at : at + draw.randint(0, 30)] = draw.randbytes(draw.randint(0, 8))
    ways = (
        bytes(data),
        whole[: draw.randrange(len(whole))],
        draw.randbytes(draw.randint(1, 4_000)),
        b"\x00" * 500,
        b"[" * 5_000,
        b'"' * 5_001,
        "ticket,team\n".encode("utf-16") + whole[:99],
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"ticket,team\n" + b"a" * 300_000,
    )
    return f"upload.{draw.choice(ENDINGS)}", draw.choice(ways)


def test_two_hundred_malformed_uploads_are_each_read_or_named_with_the_way_out():
    draw = random.Random(20_260_801)
    refused = 0
    for _ in range(200):
        name, data = _broken(draw)
        try:
            build_task(PROMPT, load_examples(name, data))
        except InputError as error:
            trouble = explain(error, "a test")
            assert trouble.message.strip()
            assert trouble.fix.strip()
            assert "Traceback" not in str(trouble)
            refused += 1
    assert refused > 150


def test_two_hundred_malformed_uploads_in_slack_each_end_in_words_and_leave_the_bot_at_work(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    draw = random.Random(20_260_802)
    limits = Limits(service=8, waiting=500)
    with bot_at_work(settings_for(workspace, model, tmp_path, limits=limits)) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        asked = [_send(office, *_broken(draw)) for _ in range(200)]
        workspace.wait(lambda: _all_ended(office), 120, "the ends of all runs")
        for ts in asked:
            office.workspace.wait(lambda ts=ts: _answer(office, ts), 20, "an answer")
        told = "\n".join(shown(message) for message in workspace.messages("prompts"))
        assert "Something broke" not in told
        assert "Traceback" not in told
        ends = [status for (status,) in store.database.rows("SELECT status FROM runs")]
        assert ends.count("failed") > 100
        _send(office, "tickets.csv", TICKETS)
        office.says("held-out examples")


def _send(office: Office, name: str, data: bytes) -> str:
    return office.workspace.send(
        "alice", "prompts", f"@promptbeam optimize ```{PROMPT}```", files=[(name, data or b" ")]
    )


def _all_ended(office: Office) -> bool:
    ends = office.store.database.rows("SELECT count(*) FROM runs WHERE status IN ('queued', 'running')")
    return ends == [(0,)]


def _answer(office: Office, ts: str) -> str:
    """What the thread of a request says at its end."""
    said = shown(office.workspace.messages("prompts", thread_ts=ts)[1:])
    words = ("Reference", "held-out", "Shall I improve", "Almost ready", "ended before")
    return said if any(word in said for word in words) else ""
