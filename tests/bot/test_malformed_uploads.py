"""Two hundred malformed uploads: each is read or named with the way out, and none breaks anything."""

from __future__ import annotations

import io
import json
import random

from openpyxl import Workbook

from bot.background.trouble import explain
from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.task import build_task
from tests.bot.office import PROMPT, TICKETS

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
