"""The simulated analyst and method optimizer: reasons in plain words, and better and worse methods from them."""

from __future__ import annotations

import json

from evolution_tasks import BARE, STEPS, asked, english, failures, trajectory, tried

from sandbox.model.evolving.guidance import read_method
from sandbox.model.evolving.lapse_reasons import REASONS, kind_of_reason
from sandbox.model.evolving.lapses import GUARDS
from sandbox.model.evolving.method_writing import _HARMFUL, _WEAK, FIXES

ENGLISH = english()


def test_every_sentence_of_the_optimizer_is_understood_by_the_evolver():
    for guard, sentences in FIXES.items():
        for sentence in sentences:
            assert guard in read_method(sentence).guided, sentence
            assert not read_method(sentence).harmed, sentence
    assert all(read_method(sentence).harmed for sentence in _HARMFUL)
    assert not any(read_method(sentence).guided for sentence in _WEAK)


def test_every_reason_of_the_analyst_is_understood_by_the_optimizer():
    for kind, reasons in REASONS.items():
        for reason in reasons:
            assert kind_of_reason(reason) == kind, reason


def test_the_analyst_finds_most_failed_cases_and_few_sound_ones():
    shown = [tried(BARE, row) for row in ENGLISH[:120]]
    lines = "\n".join(trajectory(number, case) for number, (case, _) in enumerate(shown, 1))
    found = {item["case"] for item in asked("analyse", method=BARE, trajectories=lines)["failed"]}
    bad = {number for number, (_, failure) in enumerate(shown, 1) if failure}
    assert 0.5 * len(bad) < len(found & bad) < len(bad)
    assert len(found - bad) < 0.2 * len(shown)
    told = "\n".join(trajectory(number, *pair) for number, pair in enumerate(shown, 1))
    more = {item["case"] for item in asked("analyse", method=BARE, trajectories=told)["failed"]}
    assert len(more & bad) > len(found & bad)


def test_the_analyst_skips_lines_that_it_cannot_read():
    lines = 'not json\n[]\n{"case": 3}\n{"stages": 5, "case": 4, "response": 7}\n{"case": {}, "stages": []}'
    assert isinstance(asked("analyse", method=BARE, trajectories=lines)["failed"], list)
    assert asked("analyse", method=BARE, trajectories="")["failed"] == []


def improved(seed, method=STEPS, kinds=("statement", "dangling", "dangling", "vague"), **more):
    lines = [json.dumps({"case": 1, "reason": REASONS[kind][seed % len(REASONS[kind])]}) for kind in kinds]
    return asked("improve-method", seed=seed, method=method, failures="\n".join(lines), **more)["methods"][0]


def test_improved_methods_address_their_reasons_differ_and_are_sometimes_worse():
    rows = ENGLISH[::2]
    methods = [improved(seed) for seed in range(40)]
    first, *rates = (failures(method, rows).total() / len(rows) for method in (STEPS, *methods))
    assert all(method.count("Step ") == 4 for method in methods)
    assert len(set(methods)) > 25
    assert sum(method == STEPS for method in methods) in range(1, 9)
    assert sum(one < first - 0.05 for one in rates) > 12
    assert sum(one > first + 0.02 for one in rates) >= 2
    assert min(rates) < 0.6 * first
    addressed = [{guard for guard, _ in map_guards(method)} for method in methods]
    assert sum("facts" in guards for guards in addressed) > 20
    assert sum("different" in guards for guards in addressed) < 12


def map_guards(method):
    return [
        (guard, kind)
        for kind, guards in GUARDS.items()
        for guard in guards
        if guard in read_method(method).guided
    ]


def test_a_persons_words_stand_in_the_improved_method():
    methods = [improved(seed, feedback="Ask for sources in every answer") for seed in range(10)]
    assert sum("Ask for sources in every answer" in method for method in methods) >= 8


def test_a_method_that_was_tried_in_vain_is_not_proposed_again():
    first = [improved(seed) for seed in range(6)]
    tried_before = "\n".join(map(json.dumps, first))
    again = [improved(seed, failed=tried_before) for seed in range(6)]
    assert not set(again) - {STEPS} & set(first)


def test_reasons_about_rewriting_are_summarised_by_kind():
    lines = "\n".join(
        json.dumps(REASONS[kind][0]) for kind in ("dangling", "dangling", "statement", "runaway")
    )
    summary = asked("summarise", reasons=lines)["summary"]
    assert "lose numbers" in summary
    assert "everything given must be kept" in summary
