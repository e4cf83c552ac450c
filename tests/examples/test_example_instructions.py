"""The example instructions: every shape opens as its README says, rows are many, different and clean."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from optimizer.instructions.open import open_instructions

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "instructions"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
SHAPES = {
    "tasks.json": "alpaca",
    "tasks.parquet": "alpaca",
    "help-desk.sharegpt.jsonl": "sharegpt",
    "people.openai.jsonl": "openai",
    "arithmetic.csv": "plain",
    "seed_tasks.jsonl": "alpaca",
    "with-bad-rows.jsonl": "alpaca",
}


@pytest.mark.parametrize("name", SHAPES)
def test_each_file_opens_in_its_shape_with_as_many_rows_as_the_readme_says(name):
    source = open_instructions(name, FOLDER / name)
    assert source.shape == SHAPES[name]
    assert re.search(rf"\| `{re.escape(name)}` \|.*\| {source.inspection.rows} \|", README)
    assert source.inspection.unusable == (6 if "bad" in name else 0)


def test_the_file_with_bad_rows_has_one_of_each_kind_that_a_line_can_have():
    kinds = dict(open_instructions("b", FOLDER / "with-bad-rows.jsonl").inspection.kinds)
    assert kinds == {
        "cannot be read": 2,
        "another shape": 1,
        "empty instruction": 1,
        "no instruction field": 1,
        "repeats an earlier row": 1,
    }


def test_the_tasks_are_different_and_hold_no_personal_data():
    rows = json.loads((FOLDER / "tasks.json").read_text(encoding="utf-8"))
    assert len(rows) >= 60
    words = [frozenset(re.findall(r"\w+", row["instruction"].lower())) for row in rows]
    for index, one in enumerate(words):
        for other in words[index + 1 :]:
            assert len(one & other) / len(one | other) < 0.6, (one, other)
    assert not [row for row in rows if re.search(r"\w@\w|https?:|\d{7,}", str(row))]


def test_the_parquet_file_holds_the_rows_of_the_list():
    listed = [row.original for row in open_instructions("t", FOLDER / "tasks.parquet").rows()]
    assert listed == json.loads((FOLDER / "tasks.json").read_text(encoding="utf-8"))
