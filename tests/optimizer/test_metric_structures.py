"""JSON fields, sets of labels, macro-F1: partial credit by values computed by hand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.evaluation import Evaluator, Judged
from optimizer.metrics.json_fields import JsonFieldMatch
from optimizer.metrics.label_sets import LabelSetMatch, split_labels
from optimizer.metrics.macro_f1 import MacroF1, macro_f1
from optimizer.task import Example

ORDER = '{"name": "Ann Lee", "items": 3, "paid": true, "tags": ["a", "b"]}'


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (ORDER, 1),
        ('```json\n{"name": "ann lee.", "items": 3.0, "paid": true, "tags": ["A", "b"]}\n```', 1),
        ('Here: {"name": "Ann Lee", "items": "3", "paid": "true", "tags": ["a", "b"]} done', 1),
        ('{"name": "Ann Lee", "items": 4, "paid": true, "tags": ["b", "a"]}', 0.5),
        ('{"name": "Ann Lee"}', 0.25),
        ("{}", 0),
        ('{"note": 1} {"items": 3}', 0.25),
    ],
)
def test_the_score_is_the_share_of_fields_with_the_same_value(answer, score):
    assert JsonFieldMatch([ORDER]).judge(ORDER, answer).score == score


def test_only_named_fields_are_compared():
    metric = JsonFieldMatch([ORDER], fields=["name", "paid"])
    assert metric.judge(ORDER, '{"name": "Ann Lee", "paid": true}').score == 1


def test_the_wrong_fields_are_told_to_the_critic():
    outcome = JsonFieldMatch([ORDER]).judge(ORDER, '{"name": "Bo", "items": 3, "paid": true}')
    assert outcome.explanation == 'Name is not "Ann Lee"; tags is missing.'


@pytest.mark.parametrize("answer", ["", "no json", "[1, 2]", '{"name": '])
def test_an_answer_without_an_object_is_unparseable(answer):
    assert JsonFieldMatch([ORDER]).judge(ORDER, answer).status == "unparseable"


def test_expected_answers_must_be_objects_that_have_the_named_fields():
    with pytest.raises(InputError, match="needs JSON objects"):
        JsonFieldMatch([ORDER, "[1]"])
    with pytest.raises(InputError, match="no field 'total'"):
        JsonFieldMatch([ORDER], fields=["total"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=4), json_values, min_size=1, max_size=5), st.text(max_size=80))
def test_an_object_equals_itself_and_any_text_gets_a_score(value, answer):
    expected = json.dumps(value)
    metric = JsonFieldMatch([expected])
    assert metric.judge(expected, f"So: {expected}").score == 1
    assert 0 <= metric.judge(expected, answer).score <= 1


SETS = LabelSetMatch(["red; blue", "green", "none", "dark red"])


@pytest.mark.parametrize(
    ("expected", "answer", "score"),
    [
        ("red; blue", "blue, red", 1),
        ("red; blue", '["Red", "Blue"]', 1),
        ("red; blue", '{"labels": ["red"]}', 2 / 3),
        ("red; blue", "- red\n- blue\n- green", 4 / 5),
        ("red; blue", "red; blue; purple", 4 / 5),
        ("red; blue", "I see red and blue here.", 1),
        ("green", "Labels: red | green", 2 / 3),
        ("green", "red", 0),
        ("none", "none", 1),
        ("none", "green", 0),
        ("dark red", "dark red", 1),
    ],
)
def test_sets_of_labels_are_scored_by_f1(expected, answer, score):
    assert SETS.judge(expected, answer).score == pytest.approx(score)


def test_exact_sets_give_no_partial_credit():
    exact = LabelSetMatch(["red; blue"], exact=True)
    assert exact.judge("red; blue", "red").score == 0
    assert exact.judge("red; blue", "blue|red").score == 1
    assert not exact.graded


def test_what_is_missing_and_too_much_is_told():
    assert SETS.judge("red; blue", "red; green").explanation == "Missing: blue. Too much: green."


@pytest.mark.parametrize("answer", ["", "no idea at all", "purple"])
def test_an_answer_without_any_label_is_unparseable(answer):
    assert SETS.judge("green", answer).status == "unparseable"


@given(
    st.sets(st.sampled_from(["red", "blue", "green", "dark red"])), st.sampled_from([";", ", ", "|", "\n"])
)
def test_a_written_set_reads_as_itself(labels, separator):
    written = separator.join(sorted(labels)) or "none"
    assert set(split_labels(written)) == labels
    assert SETS.judge(written, written).score == 1


def test_macro_f1_equals_the_hand_computed_mean():
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", None), ("c", "a")]
    # a: 2*1/(2+2) = 1/2; b: 2*1/(2+2) = 1/2; c: 0
    assert macro_f1(pairs) == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)
    assert macro_f1([("a", "a"), ("b", "b")]) == 1
    assert macro_f1([]) == 0


def test_macro_f1_minds_a_rare_label_that_accuracy_forgets():
    metric = MacroF1(["common", "rare"])
    judged = []
    for row in range(10):
        expected = "rare" if row == 0 else "common"
        judged.append(
            Judged(Example(row, (), expected), "common", metric.judge(expected, "common")),
        )
    evaluator = Evaluator(None, metric, None, temperature=0, max_tokens=1)
    assert sum(item.outcome.score for item in judged) / 10 == 0.9
    assert evaluator.score(judged) == pytest.approx((2 * 9 / 19 + 0) / 2)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", None])), max_size=30))
def test_macro_f1_lies_between_zero_and_one_and_is_one_only_for_all_right(pairs):
    value = macro_f1(pairs)
    assert 0 <= value <= 1
    assert (value == 1) == (bool(pairs) and all(a == b for a, b in pairs))
