"""The simulated model over HTTP: better prompts score better, and criticism leads to better prompts."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_tasks import (
    ROOT,
    accuracy,
    answers,
    ask_job,
    job_text,
    requests,
    say,
    tickets,
    wrong_cases,
)

from sandbox.model.runner import RunningModel

TEAMS = ("account", "billing", "bug", "feature", "shipping")

GOOD_TICKETS = """Decide which team should handle a support ticket.

Teams: billing, bug, account, shipping, feature

Guidelines:
- billing: payments, invoices, refunds, prices, renewal, charged, VAT, receipt, discount, bill, fee, bank, plan
- bug: crash, freezes, error, blank, stuck, since the update, fails, slow, firmware, the app, screen
- account: login, password, locked out, profile, members, admin permissions, invite, verification code, sign in
- shipping: parcel, delivery, courier, tracking, box, arrived, warehouse, replacement, return label, carrier
- feature: would be great, please add, could you, suggestion, support for, wish, option, integrate, roadmap

Answer with only the team.

Ticket: {ticket}
Team:"""

GOOD_REQUESTS = """Is this request risky or safe?

- risky: asks for passwords, secrets, keys, PIN, personal data, salaries, private messages; bypass, disable, hide,
- safe: draft, translate, summarise, explain, proofread, agenda, template, what is our policy, which form, write

Answer with one word only.

Request: {text}"""


@pytest.fixture(scope="module")
def model() -> Iterator[RunningModel]:
    with RunningModel() as running:
        yield running


@pytest.mark.parametrize(
    ("task", "good", "most_at_first"), [(tickets, GOOD_TICKETS, 0.65), (requests, GOOD_REQUESTS, 0.65)]
)
async def test_better_guidance_scores_better(model, task, good, most_at_first) -> None:
    weak, rows = task()
    first, better = await accuracy(model.url, weak, rows), await accuracy(model.url, good, rows)
    assert 0.4 <= first <= most_at_first
    assert better >= first + 0.12


async def test_guidance_that_points_the_wrong_way_scores_worse(model) -> None:
    _, rows = tickets()
    swapped = (
        GOOD_TICKETS.replace("- billing:", "- x:")
        .replace("- shipping:", "- billing:")
        .replace("- x:", "- shipping:")
    )
    assert await accuracy(model.url, swapped, rows) < await accuracy(model.url, GOOD_TICKETS, rows) - 0.15


async def test_criticism_of_wrong_answers_leads_to_a_better_prompt(model) -> None:
    weak, rows = tickets()
    search, held_out = rows[:90], rows[90:]
    wrong = await wrong_cases(model.url, weak, search)
    best, best_score = weak, await accuracy(model.url, weak, search)
    for group in (wrong[:10], wrong[10:20], wrong[20:30]):
        shown = {"prompt": weak, "wrong": "\n".join(group), "labels": TEAMS}
        reasons = (await ask_job(model.url, "critique", job_text(count=3, **shown)))["reasons"]
        for reason in reasons:
            text = job_text(count=3, reason=reason, keep="{ticket}", **shown)
            for edit in (await ask_job(model.url, "edit", text))["prompts"]:
                score = await accuracy(model.url, edit, search)
                if score > best_score:
                    best, best_score = edit, score
    assert await accuracy(model.url, best, held_out) > await accuracy(model.url, weak, held_out) + 0.05


async def test_reasons_quote_words_of_the_errors_and_name_their_label(model) -> None:
    case = {"input": "Zebras escaped from the enclosure again", "expected": "zoo", "answer": "farm"}
    other = {"input": "The zebras need a new keeper", "expected": "zoo", "answer": "farm"}
    text = job_text(
        prompt="Labels: zoo, farm\n\nText: {text}",
        wrong=f"{json.dumps(case)}\n{json.dumps(other)}",
        labels=["zoo", "farm"],
        count=4,
    )
    reasons = (await ask_job(model.url, "critique", text))["reasons"]
    assert any("zebras" in reason and '"zoo"' in reason for reason in reasons)


async def test_wordy_answers_are_criticised_as_a_matter_of_format(model) -> None:
    case = {"input": "Charged twice", "expected": "billing", "answer": "I think this one is about billing."}
    text = job_text(
        prompt="Labels: billing, bug\n\n{t}", wrong=json.dumps(case), labels=["billing", "bug"], count=3
    )
    reasons = (await ask_job(model.url, "critique", text))["reasons"]
    complaint = next(reason for reason in reasons if "label" in reason and "billing" in reason)
    edit_text = job_text(
        prompt="Labels: billing, bug\n\n{t}", reason=complaint, labels=["billing", "bug"], keep="{t}", count=6
    )
    edits = (await ask_job(model.url, "edit", edit_text))["prompts"]
    assert (
        sum("label" in edit and ("only" in edit or "alone" in edit or "just" in edit) for edit in edits) >= 3
    )


async def test_answers_are_bare_labels_when_the_prompt_demands_it_and_sometimes_prose_when_not(model) -> None:
    weak, rows = requests()
    loose = await answers(model.url, weak, rows)
    strict = await answers(model.url, weak.replace("?", "? Answer with only one word."), rows)
    assert set(strict) == {"risky", "safe"}
    assert 0.02 * len(rows) <= sum(answer not in {"risky", "safe"} for answer in loose) <= 0.3 * len(rows)


async def test_a_prompt_without_labels_gets_prose(model) -> None:
    answer = await say(model.url, "Tell me something.\n\nText: The parcel is late. I am cross.")
    assert answer.split()[:3] == ["The", "text", "says:"]


async def test_items_are_counted_more_reliably_step_by_step(model) -> None:
    items = (
        "two violins",
        "a flute",
        "three drums",
        "a piano",
        "four horns",
        "a harp",
        "two oboes",
        "a lute",
    )
    hits = {"": 0, "Work step by step. ": 0}
    for number in range(len(items) * 5):
        chosen = [items[(number * 3 + place) % len(items)] for place in range(2 + number % 4)]
        words = {"a": 1, "two": 2, "three": 3, "four": 4}
        expected = str(sum(words[item.split()[0]] for item in chosen))
        for lead in hits:
            prompt = f"{lead}Answer with only the number.\n\nQuestion: I own {', '.join(chosen)}. How many instruments?"
            hits[lead] += await say(model.url, prompt) == expected
    assert hits["Work step by step. "] > hits[""]


async def test_a_person_s_wish_becomes_guidance(model) -> None:
    text = job_text(
        prompt="Labels: billing, bug\n\nTicket: {t}",
        reason="Vouchers and coupons should be billing",
        labels=["billing", "bug"],
        keep="{t}",
        count=4,
    )
    edits = (await ask_job(model.url, "edit", text))["prompts"]
    assert any("- billing:" in edit and "voucher" in edit.lower() for edit in edits)


async def test_a_wish_that_names_no_label_stands_in_the_prompt_word_for_word(model) -> None:
    wish = "Irony should be taken at its opposite"
    prompt = "Labels: billing, bug\n\nTicket: {t}"
    text = job_text(prompt=prompt, reason=wish, labels=["billing", "bug"], keep="{t}", count=4)
    edits = (await ask_job(model.url, "edit", text))["prompts"]
    assert sum(wish in edit for edit in edits) >= 3


async def test_a_reason_about_two_labels_mends_both_guidelines(model) -> None:
    reason = "Texts with 'parcel' and 'courier' belong to \"shipping\". Texts with 'voucher' belong to \"billing\"."
    prompt = "Labels: billing, shipping\n\nTicket: {t}"
    text = job_text(prompt=prompt, reason=reason, labels=["billing", "shipping"], keep="{t}", count=6)
    edits = (await ask_job(model.url, "edit", text))["prompts"]
    assert any(
        re.search(r"^- billing:.*voucher", edit, re.M)
        and re.search(r"^- shipping:.*(parcel|courier)", edit, re.M)
        for edit in edits
    )


async def test_edits_and_paraphrases_keep_placeholders_and_vary(model) -> None:
    weak, _ = tickets()
    wrong = json.dumps({"input": "Card charged twice", "expected": "billing", "answer": "bug"})
    reason = "Texts that mention 'charged' belong to \"billing\"."
    text = job_text(prompt=weak, wrong=wrong, labels=TEAMS, reason=reason, keep="{ticket}", count=8)
    edits = (await ask_job(model.url, "edit", text))["prompts"]
    assert len(set(edits)) == len(edits) == 8
    assert sum("{ticket}" in edit for edit in edits) >= 7
    text = job_text(prompt=GOOD_TICKETS, labels=TEAMS, keep="{ticket}", count=4)
    for paraphrase in (await ask_job(model.url, "paraphrase", text))["prompts"]:
        assert paraphrase != GOOD_TICKETS
        assert "{ticket}" in paraphrase
        assert "verification code" in paraphrase


async def test_a_summary_gathers_the_reasons_by_label(model) -> None:
    reasons = [
        "Texts that mention 'parcel' belong to \"shipping\".",
        "Nothing links 'courier' to \"shipping\".",
        "The prompt does not say what \"bug\" covers: 'crash' points to it.",
    ]
    lines = "\n".join(json.dumps(reason) for reason in reasons)
    text = job_text(reasons=lines, labels=["shipping", "bug"])
    summary = (await ask_job(model.url, "summarise", text))["summary"]
    assert "'parcel' and 'courier' belong to \"shipping\"" in summary
    assert "'crash' belong" in summary


async def test_equal_requests_get_equal_answers_and_seeds_matter_only_above_temperature_zero(model) -> None:
    weak, _ = tickets()
    wrong = json.dumps({"input": "Card charged twice for the parcel", "expected": "billing", "answer": "bug"})
    text = job_text(prompt=weak, wrong=wrong, labels=TEAMS, count=3)
    warm = [
        await say(model.url, text, system="Job: critique", seed=seed, temperature=1.0)
        for seed in (1, 1, 2, 3)
    ]
    cold = [await say(model.url, text, system="Job: critique", seed=seed) for seed in (1, 2)]
    assert warm[0] == warm[1]
    assert len(set(warm)) > 1
    assert cold[0] == cold[1]


def test_answers_do_not_depend_on_the_process(model) -> None:
    script = (
        "import json, sys; from model_tasks import *; import asyncio\n"
        "from sandbox.model.runner import RunningModel\n"
        "async def main(url):\n"
        "    prompt, rows = tickets()\n"
        "    wrong = await wrong_cases(url, prompt, rows[:60])\n"
        "    text = job_text(prompt=prompt, wrong=chr(10).join(wrong[:12]), labels=['billing', 'bug'], count=4)\n"
        "    return [wrong, [await say(url, text, system=f'Job: {k}') for k in ('critique', 'edit', 'paraphrase')]]\n"
        "with RunningModel() as model: print(json.dumps(asyncio.run(main(model.url))))\n"
    )
    outputs = []
    for hash_seed in ("1", "2"):
        path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", script]
        outputs.append(
            subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
        )
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 500


@pytest.mark.shared_data
async def test_guidance_helps_on_a_public_data_set_too(model) -> None:
    file = ROOT.parent / "shared" / "data" / "ethos" / "ethos_ishate_binary_shuf.csv"
    if not file.exists():
        pytest.skip("needs ../shared/data")
    with file.open(encoding="utf-8", newline="") as lines:
        data = [(row["comment"], float(row["isHate"])) for row in csv.DictReader(lines, delimiter=";")]
    rows = [(text, "1" if share >= 0.7 else "0") for text, share in data if share <= 0 or share >= 0.7][::2]
    weak = "Is the following text hateful? Answer only 1 if it is, 0 if it is not.\n\nText: {text}\nLabel:"
    guided = weak.replace(
        "\n\n",
        "\n- 1: kill, die, should be, hate, disgusting, women, black, muslims, gay, immigrants, country\n\n",
        1,
    )
    first, better = await accuracy(model.url, weak, rows), await accuracy(model.url, guided, rows)
    assert 0.45 <= first < better <= 0.85
