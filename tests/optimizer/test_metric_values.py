"""Contains, patterns, numbers: what counts as right, what as wrong, and what cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.metrics.contains import ContainsMatch
from optimizer.metrics.numeric import NumericMatch, read_number, whole_number
from optimizer.metrics.pattern import PatternMatch


@pytest.mark.parametrize(
    ("expected", "answer", "score"),
    [
        ("Paris", "It is paris, of course.", 1),
        ("New  York", "in new\nyork", 1),
        ("cat", "concatenate", 0),
        ("12", "it costs 120", 0),
        ("12", "it costs 12.", 1),
        ("C++", "I like C++ more", 1),
        ("Rome", "Paris", 0),
    ],
)
def test_contains_looks_for_whole_words_whatever_case_and_spacing(expected, answer, score):
    assert ContainsMatch().judge(expected, answer).score == score


def test_contains_minds_case_when_asked():
    assert ContainsMatch(case_sensitive=True).judge("Paris", "paris").score == 0
    assert ContainsMatch(case_sensitive=True).judge("Paris", "Paris!").score == 1


@pytest.mark.parametrize("metric", [ContainsMatch(), PatternMatch(["a"])])
def test_an_empty_answer_is_unparseable(metric):
    assert metric.judge("a", " \n").status == "unparseable"


def test_each_example_has_its_own_pattern_or_all_share_one():
    own = PatternMatch([r"\d{4}", "^yes$"])
    assert own.judge(r"\d{4}", "in 1999").score == 1
    assert own.judge("^yes$", "yes sir").score == 0
    shared = PatternMatch(["whatever"], pattern=r"^[A-Z]{2}-\d+$", whole=True)
    assert shared.judge("whatever", " AB-12 ").score == 1
    assert PatternMatch([], pattern="abc", ignore_case=True).judge("", "xABCx").score == 1


def test_a_wrong_answer_tells_the_critic_the_pattern():
    assert r"\d+" in PatternMatch([r"\d+"]).judge(r"\d+", "none").explanation


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "*", "(a+)+", "(x*)*y", "([a-z]+)*$", "a" * 2_000])
def test_a_pattern_that_is_invalid_or_may_take_forever_is_refused(pattern):
    with pytest.raises(InputError) as caught:
        PatternMatch([pattern])
    assert caught.value.field == "metric"
    assert caught.value.fix


def test_the_place_of_the_mistake_in_a_pattern_is_told():
    with pytest.raises(InputError, match="at character 2"):
        PatternMatch(["ab(c"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3.5", -3.5),
        ("1,234.50", 1234.5),
        ("$ 12", 12),
        ("50 %", 50),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("−7", -7),
        ("€9.99", 9.99),
        ("12 apples", None),
        ("v1.2.3", None),
        ("", None),
    ],
)
def test_a_number_is_read_when_it_is_the_whole_text(text, value):
    assert whole_number(text) == value


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("42", 42),
        ("First 3, then 5, so 8 in total.", 8),
        ("Answer: 7\nI took 9 minutes.", 7),
        ("3 + 4\n#### 7", 7),
        ('{"total": 12.5}', 12.5),
        ("about 1,200 people", 1200),
        ("no idea", None),
    ],
)
def test_the_stated_number_counts_then_the_last_one(answer, value):
    assert read_number(answer) == value


def test_numbers_may_be_off_by_the_tolerance():
    assert NumericMatch(["10"]).judge("10", "10.0").score == 1
    assert NumericMatch(["10"]).judge("10", "10.1").score == 0
    assert NumericMatch(["10"], tolerance=0.1).judge("10", "10.1").score == 1
    assert NumericMatch(["200"], relative=0.05).judge("200", "210").score == 1
    assert NumericMatch(["200"], relative=0.05).judge("200", "211").score == 0
    assert NumericMatch(["10"]).judge("10", "many").status == "unparseable"


def test_expected_answers_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="'ten' is expected"):
        NumericMatch(["10", "ten"])


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 3)), st.text(max_size=60))
def test_any_answer_gets_an_outcome_and_a_number_equals_itself(number, answer):
    metric = NumericMatch([str(number)])
    assert metric.judge(str(number), f"The answer is {number:.3f}").score == 1
    assert 0 <= metric.judge(str(number), answer).score <= 1
