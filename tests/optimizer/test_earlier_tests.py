"""Held-out rows that gave a verdict before: counted exactly, and each further test on them is stricter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.earlier_tests import (
    EarlierTest,
    from_stored,
    look_at,
    pair_print,
    rows_print,
    seen_before,
    to_stored,
    with_test,
)
from optimizer.events import RunStarted
from optimizer.holdout_events import HoldoutTested
from optimizer.statistics.paired import paired_test, smallest_effect
from tests.optimizer.test_every_algorithm import run, task

names = st.text("abc", min_size=1, max_size=2)
tests = st.lists(st.builds(EarlierTest, names, names), max_size=8)


@given(tests, names, names)
def test_each_further_pair_on_the_same_rows_halves_the_threshold_and_equal_pairs_are_one_test(
    earlier, rows, pair
):
    look = look_at(earlier, rows, pair)
    others = {test.pair for test in earlier if test.rows == rows}
    assert 1 <= look.number <= len(others | {pair})
    assert look.threshold == pytest.approx(0.05 / 2 ** (look.number - 1))
    assert look_at([*earlier, EarlierTest(rows, pair)], rows, pair) == look
    assert look_at(earlier, "other rows", pair).number == 1


@given(tests)
def test_tests_survive_being_stored(earlier):
    assert from_stored(to_stored(earlier)) == tuple(earlier)


@given(st.lists(st.text(), min_size=1, max_size=5), st.text(), st.text())
def test_fingerprints_tell_rows_and_pairs_apart_whatever_the_order_of_the_rows(rows, one, other):
    assert rows_print(rows) == rows_print(list(reversed(rows)))
    assert rows_print(rows) != rows_print([*rows, one])
    assert (pair_print(one, other) == "") is (one == other)


def test_all_thresholds_together_stay_below_ten_percent():
    earlier = [EarlierTest("r", str(n)) for n in range(40)]
    assert sum(look_at(earlier[:n], "r", "new").threshold for n in range(40)) < 0.1


@pytest.mark.parametrize(
    ("won", "threshold", "verdict"), [(6, 0.05, "better"), (6, 0.025, "not shown"), (7, 0.025, "better")]
)
def test_a_stricter_test_needs_more(won, threshold, verdict):
    first, second = [0.0] * won + [1.0] * 20, [1.0] * (won + 20)
    assert paired_test(first, second, threshold=threshold).verdict == verdict
    assert smallest_effect(27, threshold=0.025) >= 7 / 27


async def test_a_run_on_rows_that_gave_a_verdict_before_says_so_and_tests_more_strictly():
    first, _, _ = await run()
    known = with_test((), first.holdout)
    again, events, _ = await run(on_task=replace(task(prompt="Choose a or b: {text}"), earlier_tests=known))
    assert (first.holdout.look, again.holdout.look) == (1, 2)
    assert again.holdout.threshold == 0.025
    assert again.holdout.rows == first.holdout.rows
    assert "test number 2" in seen_before(again.holdout)
    started = next(event for event in events if isinstance(event, RunStarted))
    assert any("same held-out rows" in warning for warning in started.warnings)
    assert started.smallest_effect > smallest_effect(started.holdout_size) - 1e-9


async def test_the_same_run_done_again_is_the_same_test_and_other_rows_are_fresh():
    first, _, _ = await run()
    known = with_test((), first.holdout)
    again, _, _ = await run(on_task=replace(task(), earlier_tests=known))
    assert again.holdout == first.holdout
    other, _, _ = await run(on_task=replace(task(rows=90), earlier_tests=known))
    assert other.holdout.look == 1
    assert seen_before(other.holdout) == ""


def test_a_test_of_a_prompt_with_itself_is_no_look_and_an_old_test_counts_on_all_rows():
    tested = HoldoutTested(50, 0.5, 0.5, 0.0, (0.0, 0.0), 1.0, 0, 0, 0, 0, 0.1, "not shown", "exact McNemar")
    assert with_test((), replace(tested, rows="r")) == ()
    assert with_test((), None) == ()
    old = with_test((), tested)
    assert look_at(old, "any", "pair").number == 2
