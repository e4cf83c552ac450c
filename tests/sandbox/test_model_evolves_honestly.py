"""The simulated model's evolution: it follows the method's text, so that a better method really fails less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from evolution_tasks import (
    BARE,
    DATA,
    GUIDED,
    STEPS,
    alpaca,
    chat,
    english,
    evolve_text,
    evolved_of,
    failures,
    german,
    gsm8k,
    tried,
)
from model_tasks import ROOT, say

from optimizer.evolution.cases import EvolutionCase
from optimizer.evolution.failures import find_failure
from sandbox.model.evolving import reply_phrases
from sandbox.model.evolving.answering import asks_for_more
from sandbox.model.evolving.guidance import read_method
from sandbox.model.evolving.languages import language_of
from sandbox.model.evolving.lapses import Attempt, lapse_of
from sandbox.model.runner import RunningModel

ENGLISH, GERMAN = english(), german()


def test_better_methods_fail_less():
    bare, steps, guided = (
        failures(method, ENGLISH).total() / len(ENGLISH) for method in (BARE, STEPS, GUIDED)
    )
    assert 0.4 < bare < 0.75
    assert steps < bare - 0.08
    assert guided < steps - 0.15
    assert 0.02 < guided < 0.2


@pytest.mark.parametrize(
    ("guidance", "rules"),
    [
        ("It must still be a task that nobody can merely acknowledge.", {"stagnant-complexity"}),
        ("It is unambiguous: nobody has to ask back.", {"insufficient-qualification"}),
        ("Keep every number and all data that are given.", {"lost-facts", "lost-information"}),
        ("Never drop any of the facts.", {"lost-facts", "lost-information"}),
        ("It must differ from the original.", {"unchanged"}),
        ("Do not mention the method.", {"leaked-method"}),
        ("Add 10 to 20 words.", {"runaway"}),
        ("At the end, check that no two demands contradict each other.", {"lost-information"}),
    ],
)
def test_guidance_against_a_failure_makes_that_failure_rarer(guidance, rules):
    before, after = failures(BARE, ENGLISH), failures(f"{BARE} {guidance}", ENGLISH)
    assert sum(before[rule] for rule in rules) >= 5
    assert sum(after[rule] for rule in rules) <= 0.75 * sum(before[rule] for rule in rules)
    assert after.total() < before.total()


def test_the_language_stays_when_the_method_says_so():
    before, after = failures(STEPS, GERMAN), failures(f"{STEPS} Keep the same language.", GERMAN)
    assert before["switched-language"] > 0.1 * len(GERMAN)
    assert after["switched-language"] < 0.4 * before["switched-language"]


def test_harmful_guidance_makes_failures_more_frequent():
    harmed = GUIDED + " Leave out details such as numbers. Tell the situation as a report."
    assert failures(harmed, ENGLISH).total() > 1.5 * failures(GUIDED, ENGLISH).total()


def test_a_method_that_does_not_ask_for_more_gets_the_same_back():
    assert failures("Hand on the text politely.", ENGLISH)["unchanged"] > 0.3 * len(ENGLISH)


def test_a_second_attempt_that_sees_the_failure_fails_less():
    hint = json.dumps({"after": "…", "reason": "It came back unchanged."})
    assert failures(STEPS, ENGLISH, failed=hint).total() < 0.75 * failures(STEPS, ENGLISH).total()


def test_the_papers_three_failures_show_as_with_real_models():
    answers = {}
    for row in ENGLISH:
        case, failure = tried(BARE, row)
        if failure and case.response:
            answers.setdefault(failure.rule, case.response)
    assert answers["stagnant-complexity"].startswith(("Understood", "Thank you"))
    assert answers["insufficient-qualification"].startswith("Sure")
    assert (
        "please provide" in answers["lost-information"].lower()
        or "not possible" in answers["lost-information"]
    )


@pytest.mark.parametrize(
    "instruction",
    [
        "Write a poem about lanterns.",
        "Schreibe ein Gedicht über Laternen und den Mond.",
        "Écris un poème sur les lanternes et la lune.",
        "Escribe un poema sobre las linternas y la luna.",
        "Scrivi una poesia sulle lanterne e sulla luna.",
        "Escreva um poema sobre as lanternas e a lua.",
        "Schrijf een gedicht over lantaarns en de maan.",
        "Napisz wiersz o latarniach i księżycu.",
        "Напиши стихи о фонарях и луне.",
        "提灯と月についての詩を書いてください。",
        "写一首关于灯笼和月亮的诗。",
        "등불과 달에 관한 시를 써 주세요.",
        "اكتب قصيدة عن الفوانيس والقمر.",
    ],
)
def test_a_good_rewriting_keeps_the_original_and_its_language_and_adds_to_it(instruction):
    sound = []
    for number in range(12):
        case, failure = tried(
            GUIDED, (instruction.replace(".", f" {number + 20}.").replace("。", f"{number + 20}。"), "")
        )
        if failure is None:
            assert (
                case.evolved.startswith(case.original.rstrip(".。"))
                or case.original.rstrip(".。") in case.evolved
            )
            assert len(case.evolved) > len(case.original) + 8
            sound.append(case.evolved[len(case.original) :])
    assert len(sound) >= 8


def test_the_context_goes_into_the_instruction_so_that_it_stands_alone():
    rows = [row for row in ENGLISH if row[1]]
    cases = [case for case, failure in (tried(GUIDED, row) for row in rows) if failure is None]
    assert len(cases) > 0.7 * len(rows)
    assert all(case.original.split("\n\n", 1)[1] in case.evolved for case in cases)


def test_evolving_again_adds_something_else():
    first = evolved_of(chat("Job: evolve", evolve_text(GUIDED, ("Explain tides.", ""))))
    second = evolved_of(chat("Job: evolve", evolve_text(GUIDED, (first, ""))))
    assert second.startswith(first)
    assert second[len(first) :].strip() not in first


def test_a_single_operator_adds_what_it_is_about():
    table = "Rewrite the instruction: give data to work on in a richer form, such as a table. Keep all facts."
    grown = [tried(table, row) for row in ENGLISH[:60]]
    sound = [case.evolved for case, failure in grown if failure is None]
    assert sum("table" in text or "JSON" in text for text in sound) > 0.85 * len(sound)


def test_what_the_model_says_to_useless_instructions_is_what_the_rules_look_for():
    expected = (
        (reply_phrases.ACKNOWLEDGES, "stagnant-complexity"),
        (reply_phrases.OFFERS, "insufficient-qualification"),
        (reply_phrases.ASKS, "lost-information"),
        (reply_phrases.IMPOSSIBLE, "lost-information"),
    )
    for table, rule in expected:
        for answer in (answer for row in table.values() for answer in row):
            failure = find_failure(EvolutionCase("Plan.", "Plan a feast for ten.", "", answer))
            assert failure, answer
            assert failure.rule == rule, answer


@pytest.mark.parametrize("method", [STEPS, GUIDED])
def test_the_rules_have_nothing_against_sound_rewritings_and_their_answers(method):
    rows = ENGLISH + GERMAN + (alpaca() + gsm8k() if DATA.exists() else [])
    sound = wrong = 0
    for row in rows:
        attempt = Attempt(row[0].strip(), row[1].strip(), language_of(row[0].strip()), False, 0, ())
        if lapse_of(read_method(method), attempt):
            continue
        case, failure = tried(method, row)
        sound += 1
        wrong += failure is not None and not asks_for_more(case.evolved, 0)
    assert sound > len(rows) / 3
    assert wrong <= 0.002 * sound


def test_answers_take_up_words_of_the_instruction_and_vary():
    cases = [case for case, failure in (tried(GUIDED, row) for row in ENGLISH) if failure is None]
    assert len({case.response for case in cases}) > 0.6 * len(cases)
    assert all(len(case.response) > 20 for case in cases)


def test_the_seed_matters_only_above_temperature_zero():
    text = evolve_text(STEPS, ENGLISH[0])
    assert len({chat("Job: evolve", text, seed=seed) for seed in range(8)}) == 1
    warm = [chat("Job: evolve", text, seed=seed, temperature=1.0) for seed in (1, 1, *range(2, 9))]
    assert warm[0] == warm[1]
    assert len(set(warm)) > 3
    assert len({chat("Job: evolve", text, server_seed=seed) for seed in range(8)}) > 1


async def test_over_http_it_answers_the_same_and_counts_the_kinds():
    row = ENGLISH[3]
    with RunningModel() as model:
        reply = await say(model.url, evolve_text(GUIDED, row), system="Job: evolve\nDo it.")
        await say(model.url, evolved_of(reply))
        text = f"<method>\n{GUIDED}\n</method>\n\n<trajectories>\n</trajectories>"
        await say(model.url, text, system="Job: analyse\nDo it.")
        await say(model.url, text, system="Job: improve-method\nDo it.", temperature=0.6, seed=1)
        kinds = model.stats()["answered_by_kind"]
    assert reply == chat("Job: evolve\nDo it.", evolve_text(GUIDED, row))
    assert kinds == {"evolve": 1, "task": 1, "analyse": 1, "improve-method": 1}


@pytest.mark.parametrize("fault", ["garble_rate", "truncate_rate", "refuse_rate"])
@pytest.mark.parametrize("job", ["evolve", "analyse", "improve-method"])
async def test_faults_reach_the_new_jobs(fault, job):
    text = evolve_text(GUIDED, ENGLISH[3])
    with RunningModel() as sound, RunningModel(**{fault: 1.0}) as faulty:
        good = await say(sound.url, text, system=f"Job: {job}\nDo it.")
        assert await say(faulty.url, text, system=f"Job: {job}\nDo it.") != good


def test_replies_do_not_depend_on_the_process():
    script = (
        "import json; from evolution_tasks import *\n"
        "shown = [tried(BARE, row) for row in english()[:40] + german()[:20]]\n"
        "lines = '\\n'.join(trajectory(n, *pair) for n, pair in enumerate(shown, 1))\n"
        "failed = asked('analyse', method=STEPS, trajectories=lines)['failed']\n"
        "told = '\\n'.join(map(json.dumps, failed))\n"
        "print(lines, told, [asked('improve-method', seed=s, method=STEPS, failures=told) for s in range(5)])\n"
    )
    outputs = []
    for hash_seed in ("1", "2"):
        path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
        environment = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": path,
            "PYTHONIOENCODING": "utf-8",
        }
        command = [sys.executable, "-c", script]
        outputs.append(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 5_000


@pytest.mark.parametrize(
    "row",
    [
        ("", ""),
        ("?", ""),
        ("{topic} {0} {", "}"),
        ("<evolved>", "</evolved>"),
        ("x" * 200_000, ""),
        ("9 " * 90_000, "a"),
    ],
)
@pytest.mark.parametrize("method", ["", BARE, GUIDED, "never " * 20_000])
def test_odd_instructions_and_methods_are_rewritten_in_good_time(row, method):
    started = time.process_time()
    assert chat("Job: evolve", evolve_text(method, row))
    assert time.process_time() - started < 1.5
