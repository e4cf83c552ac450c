"""The parts of reflective racing on hand-made cases: frontier, batches, rungs, screening."""

import random

from hypothesis import given
from hypothesis import strategies as st

from optimizer.config import Budget, OptimizeConfig, RacingConfig
from optimizer.evaluation import Judged
from optimizer.metrics.outcome import Outcome
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import ModelAnswer
from optimizer.prompts.prompt import parse_prompt
from optimizer.search.candidates import Candidate
from optimizer.search.racing.climbing import Field
from optimizer.search.racing.costs import first_calls, plan_round, usual_calls
from optimizer.search.racing.even_order import evenly_ordered
from optimizer.search.racing.finish import choose_finally, kept_calls
from optimizer.search.racing.frontier import (
    Standing,
    choose_parents,
    complementary,
    frontier,
    shared_difficulty,
    wins,
)
from optimizer.search.racing.ladder import climb_calls, climbers, most_climbers, ranked, rung_sizes
from optimizer.search.racing.reflection import _in_turns, anchors, error_batches
from optimizer.search.racing.screening import Screen
from optimizer.task import Example

EXAMPLES = tuple(
    Example(i, (("text", f"a rather long example text with the number {i}"),), "a") for i in range(1, 61)
)


def standing(name, scores):
    prompt = parse_prompt(f"{name} {{text}}")
    judged = tuple(
        Judged(example, "", Outcome(score, "correct" if score else "wrong", ""))
        for example, score in zip(EXAMPLES, scores, strict=False)
    )
    return Standing(Candidate(name, prompt), judged)


def ids(standings):
    return [item.candidate.id for item in standings]


A, B, C, D = (
    standing("A", [1, 1, 0, 0]),
    standing("B", [0, 0, 1, 0]),
    standing("C", [0, 1, 0, 0]),
    standing("D", [1, 1, 0, 0]),
)


def test_the_frontier_drops_the_dominated_and_the_second_of_equals():
    assert ids(frontier([A, B, C, D])) == ["A", "B"]
    assert ids(frontier([C])) == ["C"]


def test_wins_count_ties_for_all_who_share_them():
    assert wins([A, B, C]) == [3, 2, 2]


def test_the_leader_is_always_a_parent_and_the_rest_come_from_the_frontier():
    for seed in range(20):
        chosen = choose_parents(A, frontier([A, C, B, D]), 3, random.Random(seed))
        assert chosen[0].candidate.id == "A"
        assert set(ids(chosen)) == {"A", "B"}
    assert ids(choose_parents(C, frontier([A, B, C]), 1, random.Random(0))) == ["C"]


def test_what_all_fail_is_hardest_and_comes_into_the_batches_most_often():
    assert shared_difficulty([A, B], 4) == [0.5, 0.5, 0.5, 1.0]
    assert shared_difficulty([A, B.on(2)], 5) == [0.5, 0.5, 1.0, 1.0, 1.0]
    parent = standing("P", [0] * 40)
    difficulty = [1.0] * 4 + [0.0] * 36
    drawn = [
        item.example.row
        for seed in range(60)
        for batch in error_batches(parent.judged, difficulty, 1, 4, seed, "r1/P")
        for item in batch
    ]
    first_four = sum(row <= 4 for row in drawn)
    assert first_four > len(drawn) * 0.2


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=40), st.integers(1, 4), st.integers(1, 6))
def test_batches_are_disjoint_and_hold_errors_only(scores, count, size):
    parent = standing("P", scores)
    batches = error_batches(parent.judged, [0.5] * len(scores), count, size, 1, "x")
    rows = [item.example.row for batch in batches for item in batch]
    assert len(rows) == len(set(rows)) == min(scores.count(0.0), count * size)
    assert all(item.outcome.score == 0 for batch in batches for item in batch)
    assert all(0 < len(batch) <= size for batch in batches)
    assert all(item.outcome.score == 1 for item in anchors(parent.judged, 2, 1, "x"))


def test_a_merge_needs_two_that_win_on_different_examples():
    one, other = standing("X", [1, 1, 1, 1, 0, 0, 0]), standing("Y", [0, 0, 0, 1, 1, 1, 1])
    pair = complementary([other, one], least=3)
    assert set(ids(pair)) == {"X", "Y"}
    assert complementary([one, other], least=4) is None
    assert complementary([A, C], least=1) is None


def test_rungs_are_nested_and_grow_by_eta_within_the_pool():
    assert rung_sizes(RacingConfig(first_rung=16, eta=3, rungs=3), 500) == (16, 48, 144)
    assert rung_sizes(RacingConfig(first_rung=16, eta=3, rungs=3), 100) == (16, 48, 100)
    assert rung_sizes(RacingConfig(first_rung=16, eta=3, rungs=3), 10) == (10,)


class Table:
    """A stand-in for the search context: scores by a fixed skill, every new evaluation counted and paid."""

    calls_each = 1

    def __init__(self, skills, racing, calls=None, rounds=50):
        self.skills = skills
        self.config = OptimizeConfig(racing=racing, final_choice_examples=40)
        self.pool = EXAMPLES
        self.evaluator = self
        self.ledger = Ledger(Budget(calls=calls))
        self.rounds = rounds
        self.asked = set()

    def new_calls(self, prompt, examples):
        return sum((prompt.text, example.row) not in self.asked for example in examples)

    async def evaluate(self, prompt, examples):
        for _ in range(self.new_calls(prompt, examples)):
            self.ledger.charge(ModelAnswer("", 1, 1, cost=0.0))
        self.asked |= {(prompt.text, example.row) for example in examples}
        skill = self.skills[prompt.text.split()[0]]
        return [Judged(e, "", Outcome(float((e.row * 7) % 10 < skill * 10), "correct", "")) for e in examples]

    def score(self, judged):
        return sum(item.outcome.score for item in judged) / len(judged)


def candidates(*names):
    return [Candidate(name, parse_prompt(f"{name} {{text}}")) for name in names]


LADDER = RacingConfig(first_rung=6, eta=3, rungs=3)


def test_the_best_third_of_all_that_ever_stood_on_a_rung_climbs():
    field = [
        standing(name, [1] * good + [0] * (6 - good)) for name, good in zip("PQRSTU", range(6), strict=True)
    ]
    assert ids(climbers(field, 6, 3, most=9)) == ["U", "T"]
    assert ids(climbers(field, 6, 3, most=1)) == ["U"]
    ahead = standing("V", [1] * 18)
    assert ids(climbers([*field, ahead], 6, 3, most=9)) == ["U"], "who is ahead keeps its share of the places"
    assert climbers(field[:2], 6, 3, most=9) == ()


def test_a_near_miss_climbs_in_a_later_round_when_the_share_has_grown():
    near, good = standing("NEAR", [1, 1, 1, 0, 0, 0]), standing("GOOD", [1, 1, 1, 1, 0, 0] + [1] * 12)
    weak = [standing(f"W{index}", [0] * 6) for index in range(4)]
    assert climbers([good, near, weak[0]], 6, 3, most=2) == ()
    assert ids(climbers([good, near, *weak], 6, 3, most=2)) == ["NEAR"]


async def test_newcomers_race_up_the_ladder_and_who_is_ahead_is_asked_nothing():
    skills = {"N0": 0.2, "N1": 0.9, "N2": 0.4, "N3": 0.3, "N4": 0.6, "OLD": 0.5}
    table = Table(skills, LADDER)
    field = Field(table, rung_sizes(LADDER, len(EXAMPLES)))
    await field.test(candidates("OLD"), 54)
    table.asked.clear()
    told = []
    await field.race(candidates("N0", "N1", "N2", "N3", "N4"), lambda *rung: told.append(rung))
    assert {item.candidate.id: len(item.judged) for item in field.standings} == {
        "OLD": 54, "N0": 6, "N1": 54, "N2": 6, "N3": 6, "N4": 18,
    }  # fmt: skip
    assert [(number, calls) for number, _, calls in told] == [(1, 30), (2, 54), (3, 90)]
    assert not [text for text, _ in table.asked if text.startswith("OLD")]
    assert len(table.asked) <= climb_calls(field.sizes, 5, 3)


async def test_a_round_that_brings_nothing_new_gives_a_near_miss_its_second_try():
    table = Table({"N0": 0.5, "N1": 0.9, "N2": 0.4}, LADDER)
    field = Field(table, (6, 18))
    await field.race(candidates(*table.skills), lambda *rung: None)
    assert [len(item.judged) for item in field.standings] == [6, 18, 6]
    told = []
    await field.race((), lambda *rung: told.append(rung))
    assert [len(item.judged) for item in field.standings] == [18, 18, 6]
    assert [(number, calls) for number, _, calls in told] == [(2, 12)]


async def test_nobody_climbs_on_the_calls_that_are_kept_for_the_final_choice():
    for calls, kept, climbed in ((60, 0, 2), (60, 10, 1), (60, 20, 0)):
        table = Table({"N0": 0.9, "N1": 0.8, "N2": 0.3, "N3": 0.2, "N4": 0.1, "N5": 0.1}, LADDER, calls=calls)
        field = Field(table, (6, 18))
        await field.race(candidates(*table.skills), lambda *rung: None, kept)
        assert sum(len(item.judged) == 18 for item in field.standings) == climbed
        assert table.ledger.spent_calls <= calls - kept


@given(st.integers(1, 20), st.integers(2, 4))
def test_fewer_climb_from_each_rung_than_from_the_one_before(newcomers, eta):
    numbers = [newcomers, *(most_climbers(newcomers, eta, rung) for rung in range(3))]
    assert numbers == sorted(numbers, reverse=True)
    assert all(number >= 1 for number in numbers)


def test_a_high_score_on_few_examples_does_not_lead():
    tried = [standing(name, [1, 0] * 24) for name in ("A", "B", "C")]
    proven = standing("PROVEN", [1, 0] * 12 + [1, 1, 0, 1] * 6)
    lucky = standing("LUCKY", [1, 1, 1, 1, 1, 0, 1, 0])
    poor = [standing(f"P{index}", [0, 0, 1, 0, 0, 0, 1, 0]) for index in range(4)]
    everyone = [*tried, proven, lucky, *poor]
    assert ids(ranked(everyone, (8, 24, 48), weight=16))[0] == "PROVEN"
    assert ids(ranked(everyone, (8, 24, 48), weight=0))[0] == "LUCKY"


def test_ties_keep_the_earlier_candidate_first():
    twins = [standing(name, [1, 0, 1, 0]) for name in "ABC"]
    assert ids(ranked(twins, (2, 4), weight=16)) == ["A", "B", "C"]


@given(st.lists(st.sampled_from("abbb"), min_size=1, max_size=60))
def test_every_prefix_holds_each_answer_in_about_its_share(answers):
    examples = [Example(i, (("text", f"t{i}"),), answer) for i, answer in enumerate(answers)]
    ordered = evenly_ordered(examples)
    assert sorted(item.row for item in ordered) == list(range(len(answers)))
    for size in range(1, len(answers) + 1):
        share = answers.count("a") / len(answers)
        assert abs(sum(item.expected == "a" for item in ordered[:size]) - share * size) <= 1
    rows = [item.row for item in ordered if item.expected == "a"]
    assert rows == sorted(rows)


async def test_the_final_choice_takes_as_many_shared_examples_as_the_budget_holds():
    skills = {"SEED": 0.5, "N1": 0.9, "N2": 0.6}
    for calls, size in ((None, 40), (100, 50), (1_000, 54)):
        table = Table(skills, LADDER, calls=calls)
        field = Field(table, (6, 18, 54))
        seed, first, second = candidates(*skills)
        before = table.ledger.room()
        await field.test([second, first], 6)
        chosen = await choose_finally(table, seed, (field.of("N2"), field.of("N1")), 54)
        assert chosen.id == "N1"
        assert len(table.asked) == 2 * size, "the first prompt is behind and takes no calls"
        assert calls is None or table.ledger.spent_calls <= before


async def test_calls_are_kept_for_what_the_final_choice_would_take_and_no_more_than_its_share():
    table = Table({"SEED": 0.5, "N1": 0.9}, LADDER, calls=1_000)
    field = Field(table, (6, 18, 54))
    seed, first = candidates("SEED", "N1")
    await field.test([seed, first], 18)
    assert kept_calls(table, seed, (field.of("N1"),), 54, 1_000) == 36
    assert kept_calls(table, seed, (field.of("N1"),), 54, 200) == 30
    assert kept_calls(table, seed, (field.of("N1"),), 54, None) == 0


def test_copied_examples_and_near_duplicates_are_screened_out_before_anything_is_paid():
    parent = parse_prompt("Judge the message. {text}")
    screen = Screen(EXAMPLES, max_chars=5_000)
    screen.remember(parent)
    copied = f"Judge the message. Like: {EXAMPLES[3].inputs[0][1]}. {{text}}"
    assert "copies an example" in screen.why_not(parent, copied)
    long = "Judge the message by " + " and ".join(f"rule number {i}" for i in range(60)) + ". {text}"
    assert screen.why_not(parent, long) is None
    screen.remember(parent.with_edit(long))
    assert "before" in screen.why_not(parent, long.upper().replace("{TEXT}", "{text}"))
    assert "nearly the same" in screen.why_not(parent, long.replace("by rule", "by the rule"))


def test_rounds_are_made_small_enough_that_a_budget_holds_several():
    racing = RacingConfig(parents=3, edits_per_parent=4, generations=8)
    sizes = (16, 48)
    for room in (400, 1_200, 20_000):
        plan = plan_round(Table({}, racing, calls=room), sizes, 0, room, 0)
        share = room * (1 - racing.final_share) / 8
        smallest = (plan.parents, plan.edits_per_parent) == (1, 1)
        assert smallest or usual_calls(plan, sizes, 0, 1) <= share
        assert (plan == racing) == (room == 20_000)
    few = plan_round(Table({}, racing, calls=1_200, rounds=2), sizes, 0, 1_200, 0)
    many = plan_round(Table({}, racing, calls=1_200, rounds=50), sizes, 0, 1_200, 0)
    assert few.parents * few.edits_per_parent > many.parents * many.edits_per_parent
    assert plan_round(Table({}, racing), sizes, 0, None, 0) == racing


def test_no_round_begins_that_the_budget_does_not_hold_beside_what_is_kept():
    racing = RacingConfig()
    least = first_calls(RacingConfig(parents=1, edits_per_parent=1), (16, 48), 0, 1)
    assert plan_round(Table({}, racing, calls=least + 20), (16, 48), 0, 500, 20) is not None
    assert plan_round(Table({}, racing, calls=least + 19), (16, 48), 0, 500, 20) is None


def test_reasons_take_turns_over_the_batches():
    assert list(_in_turns([["a1", "a2", "a3"], ["b1"], ["c1", "c2"]])) == ["a1", "b1", "c1", "a2", "c2", "a3"]
