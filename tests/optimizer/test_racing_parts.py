"""The parts of reflective racing on hand-made cases: frontier, batches, rungs, screening."""

import random

from hypothesis import given
from hypothesis import strategies as st

from optimizer.config import OptimizeConfig, RacingConfig
from optimizer.evaluation import Judged
from optimizer.metrics.outcome import Outcome
from optimizer.prompts.prompt import parse_prompt
from optimizer.search.candidates import Candidate
from optimizer.search.racing.costs import affordable_plan, round_calls
from optimizer.search.racing.frontier import (
    Standing,
    choose_parents,
    complementary,
    frontier,
    shared_difficulty,
    wins,
)
from optimizer.search.racing.reflection import _in_turns, anchors, error_batches
from optimizer.search.racing.rungs import race, race_calls, rung_sizes
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


def test_the_best_mean_is_always_a_parent_and_the_rest_come_from_the_frontier():
    for seed in range(20):
        chosen = choose_parents([C, B, A, D], 3, random.Random(seed))
        assert chosen[0].candidate.id == "A"
        assert set(ids(chosen)) == {"A", "B"}


def test_what_all_fail_is_hardest_and_comes_into_the_batches_most_often():
    hard = shared_difficulty([A, B])
    assert hard == [0.5, 0.5, 0.5, 1.0]
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
    """A stand-in for the search context: scores by a fixed skill, every new evaluation counted."""

    def __init__(self, skills, racing):
        self.skills = skills
        self.config = OptimizeConfig(racing=racing)
        self.pool = EXAMPLES
        self.evaluator = self
        self.asked = set()

    async def evaluate(self, prompt, examples):
        self.asked |= {(prompt.text, example.row) for example in examples}
        skill = self.skills[prompt.text.split()[0]]
        return [Judged(e, "", Outcome(float((e.row * 7) % 10 < skill * 10), "correct", "")) for e in examples]


async def test_a_race_keeps_the_best_third_and_asks_incumbents_nothing():
    racing = RacingConfig(first_rung=6, eta=3, rungs=3, population=1)
    skills = {"N0": 0.2, "N1": 0.9, "N2": 0.4, "N3": 0.3, "N4": 0.6, "OLD": 0.5}
    table = Table(skills, racing)
    sizes = rung_sizes(racing, len(EXAMPLES))
    old = Candidate("OLD", parse_prompt("OLD {text}"))
    judged = await table.evaluate(old.prompt, EXAMPLES[: sizes[-1]])
    table.asked.clear()
    newcomers = [Candidate(name, parse_prompt(f"{name} {{text}}")) for name in skills if name != "OLD"]
    seen = []
    survivors = await race(
        table, newcomers, [Standing(old, tuple(judged))], sizes, lambda *told: seen.append(told)
    )
    assert ids(survivors) == ["N1"]
    assert [number for number, _, _ in seen] == [1, 2, 3]
    assert not [text for text, _ in table.asked if text.startswith("OLD")]
    assert len(table.asked) <= race_calls(racing, len(newcomers), len(EXAMPLES), 1)


async def test_newcomers_that_lose_to_every_incumbent_leave_the_race():
    racing = RacingConfig(first_rung=10, eta=3, rungs=2)
    table = Table({"N": 0.1, "OLD": 0.9}, racing)
    sizes = rung_sizes(racing, len(EXAMPLES))
    old = Candidate("OLD", parse_prompt("OLD {text}"))
    incumbent = Standing(old, tuple(await table.evaluate(old.prompt, EXAMPLES[: sizes[-1]])))
    new = [Candidate("N", parse_prompt("N {text}"))]
    assert await race(table, new, [incumbent], sizes, lambda *told: None) == ()


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


def test_a_tight_budget_gets_a_smaller_round_and_none_only_at_the_end():
    racing = RacingConfig(parents=3, edits_per_parent=4)
    whole = round_calls(racing, 80, 5, 0, 1)
    for limit in (whole, whole - 1, whole // 2):
        plan = affordable_plan(racing, 80, 5, 0, 1, lambda calls, limit=limit: calls <= limit)
        assert round_calls(plan, 80, 5, 0, 1) <= limit
        assert (plan == racing) == (limit == whole)
    assert affordable_plan(racing, 80, 5, 0, 1, lambda calls: False) is None


def test_reasons_take_turns_over_the_batches():
    assert list(_in_turns([["a1", "a2", "a3"], ["b1"], ["c1", "c2"]])) == ["a1", "b1", "c1", "a2", "c2", "a3"]
