"""Failure rules against public data, hostile texts and generated ones."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.evolution.cases import EvolutionCase
from optimizer.evolution.failures import RULES, early_failure, find_failure

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
METHOD = (
    "Step 1: List ways to make the instruction harder.\nStep 2: Use two of them, and add ten words at most."
)


@pytest.mark.shared_data
def test_good_answers_of_public_data_are_almost_never_called_failures():
    if not DATA.exists():
        pytest.skip("needs ../shared/data")
    pairs = [(row["instruction"], row["instances"][0]) for row in lines("alpaca/seed_tasks.jsonl")]
    shown = [(f"{text}\n\n{row['input']}".strip(), row["output"]) for text, row in pairs]
    for name in ("gsm8k/train-500.jsonl", "gsm8k/test-300.jsonl"):
        shown += [(row["question"], row["answer"]) for row in lines(name)]
    hits = []
    for instruction, answer in shown:
        words = instruction.split()
        shorter = " ".join(words[: max(1, len(words) - 4)])
        failure = find_failure(EvolutionCase(shorter, instruction, METHOD, answer))
        if failure is not None:
            hits.append((failure.rule, answer))
    assert len(shown) == 975
    refused = [answer for rule, answer in hits if rule == "refusal"]
    assert all(answer.startswith("Sorry, the task involves personal information") for answer in refused)
    assert len(hits) - len(refused) == 1, "docs/failures.md tells this number"


def lines(name):
    return map(json.loads, (DATA / name).read_text(encoding="utf-8").splitlines())


HOSTILE = (
    "a", " ", "\n", "?", "a@", "@", "`", "{", "{a", "http://", "1,", "1. ", "'", "a'", "please provide ", "sorry ",
    "\u3042", "\u200b", "\ufdfa", "İ", "…", "#", "the ", "given prompt ", "<evolved>", "\ud800", "\U0001f600",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_huge_hostile_texts_take_linear_time(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        started = time.process_time()
        for rule in RULES.values():
            rule.why(EvolutionCase(text, text + "x", METHOD, text))
            rule.why(EvolutionCase("short", text, METHOD, "x" + text))
        return time.process_time() - started

    seconds(1_000)
    assert seconds(400_000) < 20 * max(seconds(50_000), 0.02)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300), st.none() | st.text(max_size=300))
def test_no_text_makes_a_rule_stumble(before, after, method, response):
    one = EvolutionCase(before, after, method, response)
    failure, early_one = find_failure(one), early_failure(one)
    assert failure is None or (failure.rule in RULES and failure.reason)
    assert early_one is None or early_one == failure


@given(st.text(min_size=1, max_size=200))
def test_the_same_text_is_never_a_success(text):
    assert early_failure(EvolutionCase(text, text, METHOD)) is not None
