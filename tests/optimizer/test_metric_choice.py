"""Choosing a metric: by name and options, from the data, or a person's own function."""

import sys

import pytest

from optimizer.errors import InputError
from optimizer.examples.table import ExampleTable
from optimizer.metrics.choose import METRICS, MetricChoice, choose_metric
from optimizer.metrics.guess import guess_metric
from optimizer.metrics.options import parse_options
from optimizer.metrics.outcome import Outcome
from optimizer.task import build_task

LONG = "A long answer that nobody would word in exactly the same way as this one here does, number"
DATA = {
    "label": ["yes", "no"] * 20,
    "numeric": [f"{i}.5" for i in range(40)],
    "json": ['{"a": 1}', '{"a": 2}'] * 20,
    "multi-label": [["red; blue", "red", "blue; green", "red; green; blue"][i % 4] for i in range(40)],
    "normalised": [f"answer {i}" for i in range(40)],
    "judge": [f"{LONG} {i}" for i in range(40)],
}


@pytest.mark.parametrize(("metric", "expected"), DATA.items())
def test_the_metric_is_guessed_from_the_expected_answers_and_said(metric, expected):
    assert guess_metric(expected).metric == metric
    rows = tuple({"text": f"t{i}", "label": value} for i, value in enumerate(expected))
    task = build_task("p {text}", ExampleTable("t.csv", ("text", "label"), rows))
    assert task.metric.name == metric
    assert any(repr(metric) in warning for warning in task.warnings) == (metric != "label")


def test_few_labels_with_commas_inside_stay_labels():
    assert guess_metric(["Yes, it is", "No, it is not"] * 20).metric == "label"


def choose(name, expected=("a", "b"), **options):
    return choose_metric(MetricChoice(name, options.pop("criteria", ""), options), expected).metric


def test_every_named_metric_can_be_made():
    fitting = {"numeric": ["1", "2"], "json": ['{"a": 1}'] * 2}
    for name in METRICS:
        assert choose(name, fitting.get(name, ["a", "b"])).name


def test_options_reach_the_metric():
    assert choose("numeric", ["1", "2"], tolerance="0.5").judge("1", "1.5").score == 1
    assert choose("pairwise", orders="one").calls_per_answer == 2
    assert choose("judge", model="openai:gpt-x").judge_model == "openai:gpt-x"
    assert choose("multi-label", ["a; b"], score="exact").judge("a; b", "a").score == 0


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("numeric", {"tolerance": "much"}, "'tolerance'"),
        ("numeric", {"tolerance": "-1"}, "'tolerance'"),
        ("numeric", {"tolerance": "nan"}, "'tolerance'"),
        ("pairwise", {"orders": "three"}, "'orders'"),
        ("exact", {"fields": "a"}, "'fields'"),
        ("nope", {}, "'nope'"),
        ("label", {"criteria": "Be kind."}, "criteria"),
    ],
)
def test_a_bad_option_is_refused_by_its_name(name, options, said):
    with pytest.raises(InputError) as caught:
        choose(name, ["1", "2"], **options)
    assert said in caught.value.message
    assert caught.value.field in ("metric", "criteria")
    assert caught.value.fix


@pytest.mark.parametrize("written", [["tolerance"], ["=1"], ["a=1", "a=2"]])
def test_options_that_are_not_key_and_value_are_refused(written):
    with pytest.raises(InputError):
        parse_options(written)


def test_options_keep_equal_signs_in_their_value():
    assert parse_options(["pattern=a=b", " fields = x "]) == {"pattern": "a=b", "fields": "x"}


def test_criteria_alone_choose_the_judge():
    assert choose("auto", criteria="Be kind.").name == "judge"


def test_a_judge_without_criteria_and_without_expected_answers_is_refused():
    with pytest.raises(InputError) as caught:
        choose("judge", ["", ""])
    assert caught.value.field == "criteria"


@pytest.fixture
def own_module(tmp_path, monkeypatch):
    (tmp_path / "met_own.py").write_text(
        "def share(expected, answer):\n"
        "    return sum(word in answer for word in expected.split()) / len(expected.split())\n"
        "def reasoned(expected, answer):\n    return expected == answer, 'so it is'\n"
        "def broken(expected, answer):\n    raise KeyError('secret')\n"
        "def odd(expected, answer):\n    return 7\n"
        "def lonely(answer):\n    return 1\n"
        "number = 3\n"
    )
    (tmp_path / "met_bad.py").write_text("raise RuntimeError('secret')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "met_own"
    sys.modules.pop("met_own", None)


def test_a_persons_own_function_judges(own_module):
    metric = choose(f"{own_module}:share")
    assert metric.judge("a b", "a only").score == 0.5
    assert metric.name == "met_own:share"
    assert choose(f"{own_module}:reasoned").judge("a", "b") == Outcome(0.0, "wrong", "b", "so it is")


@pytest.mark.parametrize(("name", "told"), [("broken", "KeyError"), ("odd", "int")])
def test_a_failing_function_is_an_outcome_of_its_own_without_foreign_texts(own_module, name, told):
    outcome = choose(f"{own_module}:{name}").judge("a", "b")
    assert outcome.status == "failed"
    assert told in outcome.explanation
    assert "secret" not in outcome.explanation


@pytest.mark.parametrize(
    "name", ["met_own:nope", "met_own:number", "met_own:lonely", "met_none:f", "met_bad:f"]
)
def test_a_metric_that_cannot_be_loaded_is_refused_with_a_way_out(own_module, name):
    with pytest.raises(InputError) as caught:
        choose(name)
    assert caught.value.field == "metric"
    assert "secret" not in str(caught.value)


def test_the_library_takes_a_function_or_a_metric():
    rows = tuple({"text": f"t{i}", "label": f"x{i}"} for i in range(20))
    table = ExampleTable("t.csv", ("text", "label"), rows)
    task = build_task("p {text}", table, metric=lambda expected, answer: expected == answer)
    assert task.metric.judge("a", "a").score == 1
    assert build_task("p {text}", table, metric=task.metric).metric is task.metric
