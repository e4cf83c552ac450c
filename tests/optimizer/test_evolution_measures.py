"""Complexity and diversity against values worked out by hand."""

from __future__ import annotations

import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.evolution.measures import DistinctCounter, Spread, measure


def test_words_and_distinct_pairs_are_those_counted_by_hand():
    measured = measure(["Add two and two.", "Add two and three, please."])
    # 4 and 5 words; pairs: add-two, two-and, and-two | add-two, two-and, and-three, three-please
    assert measured.words == 4.5
    assert measured.distinct == pytest.approx(5 / 7)
    assert measured.judged is None


def test_chinese_characters_count_as_words():
    assert measure(["写一首诗"]).words == 4


def test_spread_of_given_vectors_is_the_mean_distance_of_all_pairs():
    vectors = {"a": [2.0, 0.0], "b": [0.0, 3.0], "c": [1.0, 1.0]}
    measured = measure("abc", embed=lambda texts: [vectors[text] for text in texts])
    half = math.sqrt(0.5)
    assert measured.spread == pytest.approx(((1 - 0) + (1 - half) + (1 - half)) / 3)


def test_without_an_embedder_equal_texts_have_no_spread_and_unlike_ones_all():
    assert measure(["count the red apples"] * 5).spread == pytest.approx(0, abs=1e-9)
    assert measure(["count the red apples", "sing for my neighbour"]).spread == pytest.approx(1)
    # two of four words in common: cosine 2 / (2 * 2)
    assert measure(["red apples fall down", "red apples taste sweet"]).spread == pytest.approx(0.5)


def test_opposite_and_empty_vectors_are_told_apart():
    apart, nothing = Spread(), Spread()
    for vector in ([1.0], [-1.0]):
        apart.add(vector)
        nothing.add([0.0])
    assert apart.mean_distance() == pytest.approx(2)
    assert nothing.mean_distance() == 1


def test_a_judges_scores_are_averaged():
    assert measure(["one text"], scores=[0.0, 1.0, 0.5]).judged == 0.5


@pytest.mark.parametrize("texts", [[], [""], ["word"]])
def test_little_text_measures_as_nothing(texts):
    measured = measure(texts)
    assert (measured.distinct, measured.spread, measured.judged) == (0, 0, None)


def test_the_embedder_gets_bounded_batches_in_order():
    seen = []

    def embed(texts):
        seen.append(list(texts))
        return [[1.0]] * len(texts)

    measure((str(number) for number in range(150)), embed)
    assert [len(batch) for batch in seen] == [64, 64, 22]
    assert [text for batch in seen for text in batch] == [str(number) for number in range(150)]


def test_many_distinct_texts_are_estimated_within_a_few_percent():
    counter = DistinctCounter(2_000)
    for number in range(40_000):
        counter.add(f"text {number % 20_000}")
    assert counter.count() == pytest.approx(20_000, rel=0.1)


def test_memory_does_not_grow_with_the_sample():
    def peak(size):
        tracemalloc.start()
        counter, spread = DistinctCounter(500), Spread()
        for number in range(size):
            counter.add(f"{number}")
            spread.add([1.0, float(number)])
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(20_000) < 2 * peak(2_000)


@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=2, max_size=8))
def test_the_spread_equals_the_sum_over_pairs(vectors):
    spread = Spread()
    for vector in vectors:
        spread.add(vector)
    total = pairs = 0
    for place, one in enumerate(vectors):
        for two in vectors[place + 1 :]:
            lengths = math.hypot(*one) * math.hypot(*two)
            product = sum(left * right for left, right in zip(one, two, strict=True))
            total += 1 - (product / lengths if lengths else 0)
            pairs += 1
    assert spread.mean_distance() == pytest.approx(max(0, total / pairs), abs=1e-6)
