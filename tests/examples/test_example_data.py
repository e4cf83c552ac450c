"""The example tasks that come with the project: enough rows, balanced, clean, and fitting prompts."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from optimizer.prompts.prompt import parse_prompt
from optimizer.prompts.structure import whole

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def ticket_rows() -> list[tuple[str, str]]:
    with (EXAMPLES / "support-tickets" / "tickets.csv").open(encoding="utf-8", newline="") as file:
        return [(row["ticket"], row["team"]) for row in csv.DictReader(file)]


def request_rows() -> list[tuple[str, str]]:
    lines = (EXAMPLES / "risky-requests" / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row["text"], row["label"]) for row in map(json.loads, lines)]


TASKS = {
    "support-tickets": (ticket_rows, {"billing", "bug", "account", "shipping", "feature"}, "{ticket}"),
    "risky-requests": (request_rows, {"risky", "safe"}, "{text}"),
}


@pytest.fixture(params=TASKS, ids=list(TASKS))
def task(request):
    return request.param, *TASKS[request.param]


def test_there_are_enough_rows_and_the_labels_are_balanced(task) -> None:
    _, rows, labels, _ = task
    counts = Counter(label for _, label in rows())
    assert set(counts) == labels
    assert counts.total() >= 160
    assert max(counts.values()) <= 1.2 * min(counts.values())


def test_no_text_appears_twice_or_nearly_twice(task) -> None:
    _, rows, _, _ = task
    texts = [frozenset(re.findall(r"\w+", text.lower())) for text, _ in rows()]
    for index, one in enumerate(texts):
        for other in texts[index + 1 :]:
            assert len(one & other) / len(one | other) < 0.6, (one, other)


def test_rows_are_plain_sentences_without_personal_data(task) -> None:
    _, rows, _, _ = task
    for text, _ in rows():
        assert 15 <= len(text) <= 200
        assert text == text.strip()
        assert not re.search(r"\w@\w|https?:|\d{6,}", text), text


def test_labels_are_mixed_through_the_file(task) -> None:
    _, rows, labels, _ = task
    first = Counter(label for _, label in rows()[:40])
    assert set(first) == labels


def test_the_prompt_has_the_placeholder_and_the_readme_a_title_and_a_licence(task) -> None:
    name, rows, _, placeholder = task
    prompt = (EXAMPLES / name / "prompt.txt").read_text(encoding="utf-8")
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert prompt.count(placeholder) == 1
    assert readme.startswith("# ")
    assert "MIT" in readme
    assert str(len(rows())) in readme


def test_the_mails_without_answers_fit_their_prompt_and_no_two_are_alike() -> None:
    folder = EXAMPLES / "customer-replies"
    with (folder / "mails.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 60
    assert str(len(rows)) in (folder / "README.md").read_text(encoding="utf-8")
    words = [frozenset(re.findall(r"\w+", row["mail"].lower())) for row in rows]
    for index, one in enumerate(words):
        assert all(len(one & other) / len(one | other) < 0.6 for other in words[index + 1 :])
    prompt = parse_prompt((folder / "prompt.txt").read_text(encoding="utf-8"))
    assert set(prompt.placeholders) == rows[0].keys()
    titles = [section.title.lower() for section in whole(prompt).sections]
    assert {"role", "skills", "constraints", "workflow", "output"} <= set(titles)
    assert "legal notice (protected)" in titles
    assert (folder / "criteria.txt").read_text(encoding="utf-8").strip()
