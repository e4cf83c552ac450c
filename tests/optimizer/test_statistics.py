"""The paired test against values computed by hand, and the split's promises."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.statistics.paired import mcnemar_exact, paired_interval, paired_test, smallest_effect
from optimizer.statistics.split import split_examples
from optimizer.task import Example


def test_mcnemar_equals_the_binomial_tail():
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(6, 0) == pytest.approx(2 / 64)
    assert mcnemar_exact(5, 0) == pytest.approx(2 / 32)
    assert mcnemar_exact(8, 2) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar_exact(2, 8) == mcnemar_exact(8, 2)


def test_the_interval_follows_bonett_and_price():
    low, high = paired_interval(10, 2, 50)
    p1, p2 = 11 / 52, 3 / 52
    half = 1.959964 * math.sqrt((p1 + p2 - (p1 - p2) ** 2) / 52)
    assert (low, high) == pytest.approx((p1 - p2 - half, p1 - p2 + half))


@pytest.mark.parametrize(
    ("won", "lost", "verdict"), [(6, 0, "better"), (0, 6, "worse"), (5, 0, "not shown"), (9, 5, "not shown")]
)
def test_the_verdict_needs_five_percent(won, lost, verdict):
    first = [0.0] * won + [1.0] * lost + [1.0] * 20
    second = [1.0] * won + [0.0] * lost + [1.0] * 20
    test = paired_test(first, second)
    assert (test.won, test.lost, test.verdict) == (won, lost, verdict)
    assert test.difference == pytest.approx((won - lost) / len(first))


def test_the_smallest_effect_shrinks_with_the_examples():
    assert smallest_effect(150) == pytest.approx(0.0716, abs=1e-3)
    assert smallest_effect(10) >= 0.6 - 1e-9
    assert smallest_effect(400) < smallest_effect(150)


def test_lists_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="same"):
        paired_test([1.0], [1.0, 0.0])


examples = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abc")), min_size=20, max_size=120).map(
    lambda rows: [Example(i, (("text", str(t)),), label) for i, (t, label) in enumerate(rows, 1)]
)


@given(examples, st.integers(0, 5), st.booleans())
def test_a_split_keeps_everything_once_and_equal_inputs_together(rows, seed, stratify):
    split = split_examples(rows, fraction=0.5, max_holdout=200, seed=seed, stratify=stratify)
    assert sorted(e.row for e in (*split.search, *split.holdout)) == [e.row for e in rows]
    assert not {e.inputs for e in split.search} & {e.inputs for e in split.holdout}
    assert split == split_examples(rows, fraction=0.5, max_holdout=200, seed=seed, stratify=stratify)


def test_a_split_keeps_the_labels_proportions():
    rows = [Example(i, (("t", str(i)),), "a" if i % 4 else "b") for i in range(1, 161)]
    split = split_examples(rows, fraction=0.5, max_holdout=200, seed=1, stratify=True)
    assert len(split.holdout) == 80
    assert sum(e.expected == "b" for e in split.holdout) == 20
