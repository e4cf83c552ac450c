"""Reading answers: labels inside prose, yes/no for 1/0, and 'unparseable' as its own outcome."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.metrics.labels import LabelAccuracy
from optimizer.metrics.match import ExactMatch, NormalisedMatch

TEAMS = LabelAccuracy(["billing", "bug", "how-to", "not_hate", "hate"])


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("billing", "billing"),
        ("  **Billing**. ", "billing"),
        ('{"team": "bug"}', "bug"),
        ('```json\n{"label": "how-to"}\n```', "how-to"),
        ("The mail is about money.\nAnswer: billing", "billing"),
        ("I think this is a bug because it crashes.", "bug"),
        ("not_hate", "not_hate"),
        ("First I thought bug.\n\nbilling", "billing"),
    ],
)
def test_a_label_is_found_where_it_is_stated(answer, label):
    assert TEAMS.read(answer) == label


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no idea",
        "billing or bug",
        "this is not hate",
        "It is neither a bug",
        "x" * 2_000 + " bug " + "x" * 500,
    ],
)
def test_what_names_no_single_label_is_unparseable(answer):
    outcome = TEAMS.judge("bug", answer)
    assert outcome.status == "unparseable"
    assert outcome.score == 0


def test_yes_and_no_stand_for_one_and_zero_only_in_such_a_pair():
    binary = LabelAccuracy(["0", "1"])
    assert binary.read("Yes, it is.") == "1"
    assert binary.read("No.") == "0"
    assert binary.read("label: 1") == "1"
    assert TEAMS.read("yes") is None


def test_options_in_brackets_are_labels():
    options = LabelAccuracy(["(A)", "(B)"])
    assert options.judge("(A)", "(A)").score == 1
    assert options.judge("(A)", "The answer is (B).").status == "wrong"


@pytest.mark.parametrize(
    ("expected", "answer", "score"),
    [
        ("1,200", "#### 1200", 1),
        ("1200", "So it costs 1,200.", 0),
        ("1200", "Reasoning…\nAnswer: 1,200.00", 1),
        ("Paris", "the paris.", 1),
        ("Paris", "London", 0),
    ],
)
def test_normalised_match_forgives_form_only(expected, answer, score):
    assert NormalisedMatch().judge(expected, answer).score == score


def test_exact_match_is_exact():
    assert ExactMatch().judge("Paris", " Paris\n").score == 1
    assert ExactMatch().judge("Paris", "paris").score == 0
    assert ExactMatch().judge("Paris", " ").status == "unparseable"


@given(st.text(max_size=300), st.text(max_size=50))
def test_no_answer_makes_a_metric_raise(answer, expected):
    for metric in (TEAMS, ExactMatch(), NormalisedMatch(), LabelAccuracy(["0", "1"])):
        assert metric.judge(expected, answer).score in (0.0, 1.0)
