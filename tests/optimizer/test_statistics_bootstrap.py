"""The paired bootstrap against values worked out by hand, and what it must never claim."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.metrics.macro_f1 import MacroF1
from optimizer.statistics.bootstrap import bootstrap_mean, quantile
from optimizer.statistics.paired import aggregate_test, paired_test, smallest_effect


def test_quantiles_are_linear_between_neighbours():
    assert quantile([0, 1, 2, 3, 4], 0.5) == 2
    assert quantile([0, 1], 0.25) == 0.25
    assert quantile([5], 0.975) == 5
    assert quantile([0, 10, 20], 1.0) == 20


def test_the_interval_of_a_mean_is_close_to_the_normal_one():
    generator = random.Random(1)
    differences = [generator.gauss(0.1, 0.2) for _ in range(150)]
    mean = sum(differences) / 150
    spread = (sum((x - mean) ** 2 for x in differences) / 150) ** 0.5
    result = bootstrap_mean(differences, seed=3)
    low, high = result.interval
    assert result.difference == pytest.approx(mean)
    assert low == pytest.approx(mean - 1.96 * spread / 150**0.5, abs=0.006)
    assert high == pytest.approx(mean + 1.96 * spread / 150**0.5, abs=0.006)
    assert result.p_value < 0.01


def test_equal_scores_show_nothing():
    result = paired_test([0.5] * 30, [0.5] * 30)
    assert (result.difference, result.interval, result.p_value) == (0, (0, 0), 1)
    assert result.verdict == "not shown"


@pytest.mark.parametrize(
    ("changed", "verdict"), [(4, "not shown"), (5, "not shown"), (6, "better"), (9, "better")]
)
def test_few_changes_show_nothing_even_when_all_point_one_way(changed, verdict):
    first = [0.5] * 40
    second = [1.0] * changed + [0.5] * (40 - changed)
    result = paired_test(first, second)
    assert result.p_value >= 2 ** (1 - changed)
    assert (result.verdict, result.won, result.lost) == (verdict, changed, 0)


def test_the_test_is_chosen_by_the_scores():
    assert paired_test([0.0, 1.0], [1.0, 1.0]).name == "exact McNemar"
    assert paired_test([0.0, 0.5], [1.0, 1.0]).name == "paired bootstrap"


def test_a_clear_loss_is_worse():
    generator = random.Random(2)
    first = [0.7 + 0.2 * generator.random() for _ in range(60)]
    assert paired_test(first, [x - 0.3 for x in first]).verdict == "worse"


def test_equal_seeds_resample_equally():
    scores = [random.Random(i).random() for i in range(50)]
    other = [random.Random(-i - 1).random() for i in range(50)]
    assert paired_test(scores, other, seed=1) == paired_test(scores, other, seed=1)
    assert paired_test(scores, other, seed=1).interval != paired_test(scores, other, seed=2).interval


def outcomes(metric, pairs):
    return [metric.judge(expected, answer) for expected, answer in pairs]


def test_macro_f1_is_compared_as_a_whole():
    metric = MacroF1(["a", "b"])
    expected = ["a"] * 40 + ["b"] * 10
    first = outcomes(metric, [(label, "a") for label in expected])
    second = outcomes(metric, [(label, label) for label in expected])
    result = aggregate_test(metric, expected, first, second)
    # the first prompt never says b: F1(a) = 80/90, F1(b) = 0
    assert result.difference == pytest.approx(1 - (80 / 90) / 2)
    low, high = result.interval
    assert low < result.difference < high
    assert (result.won, result.lost, result.verdict) == (10, 0, "better")
    assert result.name == "paired bootstrap of macro-f1"


def test_lists_of_other_lengths_or_none_are_refused():
    metric = MacroF1(["a", "b"])
    with pytest.raises(ValueError):
        bootstrap_mean([], seed=0)
    with pytest.raises(ValueError):
        aggregate_test(metric, ["a"], [], [])


def test_no_difference_is_rarely_called_one():
    generator = random.Random(7)
    claims = 0
    for trial in range(120):
        scores = [[generator.choice([0, 0.5, 1]) for _ in range(40)] for _ in range(2)]
        claims += paired_test(*scores, seed=trial).verdict != "not shown"
    assert claims <= 14  # 5 % of 120 is 6; 14 or more happen once in a thousand times


scores = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=25)


@settings(max_examples=20, deadline=None)
@given(scores)
def test_the_interval_is_ordered_and_swapping_prompts_turns_it_round(pairs):
    first, second = zip(*pairs, strict=True)
    result, swapped = paired_test(first, second), paired_test(second, first)
    assert -1 <= result.interval[0] <= result.interval[1] <= 1
    assert 0 < result.p_value <= 1
    assert swapped.difference == pytest.approx(-result.difference)
    if result.name == "paired bootstrap":
        assert swapped.interval == pytest.approx((-result.interval[1], -result.interval[0]))


def test_the_smallest_effect_of_graded_scores_shrinks_with_the_examples():
    assert smallest_effect(100, graded=True) == pytest.approx(1.96 * 0.35 / 10, abs=1e-3)
    assert smallest_effect(400, graded=True) == pytest.approx(smallest_effect(100, graded=True) / 2)
    assert smallest_effect(0, graded=True) == 1
