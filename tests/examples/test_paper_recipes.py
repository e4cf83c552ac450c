"""The recipes for the paper's four tasks: the one command of each README runs as it is written."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from optimizer.prompts.prompt import parse_prompt
from tests.warm import Command

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT / "examples" / "paper"
SHARED = ROOT.parent / "shared" / "data"
TASKS = ("jailbreak", "hate-speech", "fake-news", "sarcasm")
PUBLIC = {
    "Ethos_Dataset_Binary.csv": "ethos/ethos_ishate_binary_shuf.csv",
    "train.jsonl": "liar/train.jsonl",
}
PUBLIC_DATA = (
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="NOTE: ../shared/data is not here; LIAR and ETHOS not run"
    ),
)
EXPECTED = {
    "jailbreak": (["text"], "label", ["0", "1"], 40),
    "hate-speech": (["comment"], "isHate", ["0", "1"], 998),
    "fake-news": (["text"], "label", ["0", "1"], 3681),
    "sarcasm": (["tweet"], "sarcasm", ["False", "True"], 40),
}


def command_of(task: str) -> list[str]:
    """The command of the task's README with the paths of this checkout."""
    readme = (PAPER / task / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert len(found) == 1
    program, *arguments = shlex.split(found[0])
    assert program == "promptbeam"
    return [str(SHARED / PUBLIC[word]) if word in PUBLIC else word for word in arguments]


@pytest.mark.parametrize(
    "task",
    [
        "jailbreak",
        "sarcasm",
        *(pytest.param(task, marks=PUBLIC_DATA) for task in ("hate-speech", "fake-news")),
    ],
)
def test_the_command_runs_and_the_columns_map_as_the_readme_says(task, tmp_path) -> None:
    foreign = ("OPENAI_", "SLACK_", "PROMPTBEAM_", "BOT_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    arguments = (*command_of(task), "--rounds", "1", "--simulated", "--json")
    command = Command(arguments, folder=ROOT, env=env | {"PROMPTBEAM_DATA": str(tmp_path)})
    out, err = command.communicate(timeout=150)
    assert command.returncode == 0, err
    report = json.loads(out)
    started = report["events"][0]
    inputs, target, labels, rows = EXPECTED[task]
    assert (started["input_columns"], started["target_column"], started["labels"]) == (inputs, target, labels)
    assert started["examples"] == rows
    assert report["holdout"] is not None
    assert report["verdict"] in ("better", "not shown", "worse")


@pytest.mark.parametrize("task", TASKS)
def test_the_first_prompt_protects_its_output_format(task) -> None:
    prompt = parse_prompt((PAPER / task / "prompt.txt").read_text(encoding="utf-8"))
    assert "Answer" not in prompt.editable_text
    assert len(prompt.placeholders) == 1
    assert "(protected)" not in prompt.render({prompt.placeholders[0]: "x"})


@pytest.mark.parametrize(
    ("file", "target", "text"),
    [("jailbreak/prompts.csv", "label", "text"), ("sarcasm/tweets.csv", "sarcasm", "tweet")],
)
def test_our_own_rows_are_balanced_different_and_enough(file, target, text) -> None:
    with (PAPER / file).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) >= 24
    assert len({row[text] for row in rows}) == len(rows)
    counts = Counter(row[target] for row in rows)
    assert len(counts) == 2
    assert max(counts.values()) == min(counts.values())
    assert not any(re.search(r"\w@\w|https?:|\d{6,}", row[text]) for row in rows)
    assert str(len(rows)) in (PAPER / file).with_name("README.md").read_text(encoding="utf-8")


def test_the_overview_names_every_task() -> None:
    overview = (PAPER / "README.md").read_text(encoding="utf-8")
    for task in TASKS:
        assert f"`{task}`" in overview
        assert (PAPER / task / "prompt.txt").is_file()
