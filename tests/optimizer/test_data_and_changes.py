"""What a run warns of before the start, and what it tells about the held-out examples at the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.config import OptimizeConfig
from optimizer.evaluation import Judged
from optimizer.examples.data_checks import data_warnings, input_key, split_warnings
from optimizer.examples.table import ExampleTable
from optimizer.holdout_events import ConfusionCount, HoldoutDetails, HoldoutTested
from optimizer.metrics.labels import LabelAccuracy
from optimizer.report import build_report
from optimizer.run import run_optimization
from optimizer.statistics.changes import holdout_details
from optimizer.statistics.split import split_examples
from optimizer.stored_events import event_from_dict, event_to_dict
from optimizer.task import Example, build_task
from tests.optimizer.scripted import scripted_pool


def pairs(*rows):
    return [((("text", text),), label) for text, label in rows]


def test_near_duplicates_differ_only_in_case_spacing_or_edge_punctuation():
    key = input_key((("t", "Hello,  World!"),))
    assert key == input_key((("t", " hello, world"),))
    assert key != input_key((("t", "hello world"),))
    assert input_key((("t", "( )"),)) != input_key((("t", "( ) )"),))


def test_repeats_and_conflicts_are_counted_by_what_two_inputs_share():
    found = data_warnings(pairs(("Hi!", "a"), ("hi", "b"), ("yo", "a"), ("yo", "a")), labelled=False)
    assert found[0].startswith("1 input with different expected answers")
    assert found[1].startswith("2 rows with an earlier input again (1 of them in another spelling)")


def test_labels_with_fewer_than_five_examples_are_named():
    rows = pairs(*((f"t{i}", "common") for i in range(9)), *((f"r{i}", "rare") for i in range(4)))
    assert "rare (4)" in data_warnings(rows, labelled=True)[-1]
    assert data_warnings(rows, labelled=False) == ()


def test_a_small_search_pool_a_coarse_test_and_an_untested_label_are_told():
    found = split_warnings(["a"] * 10 + ["b"], ["a"] * 11, labelled=True, smallest_effect=0.5)
    assert "Only 11 examples are left to search with" in found[0]
    assert "50%" in found[1]
    assert "the label b" in found[2]
    assert split_warnings(["a"] * 60, ["a"] * 60, labelled=True, smallest_effect=0.1) == ()


rows = st.lists(
    st.tuples(st.sampled_from(["Red", "red.", " RED ", "blue", "Blue!", "green"]), st.sampled_from("ab")),
    min_size=20,
    max_size=60,
).map(lambda items: [Example(i, (("t", f"{t}{i % 4}"),), label) for i, (t, label) in enumerate(items, 1)])


@given(rows, st.integers(0, 3))
def test_near_duplicates_never_sit_on_both_sides_of_the_split(examples, seed):
    split = split_examples(examples, fraction=0.5, max_holdout=200, seed=seed, stratify=True)
    sides = [{input_key(item.inputs) for item in side} for side in (split.search, split.holdout)]
    assert not sides[0] & sides[1]


METRIC = LabelAccuracy(["a", "b"])


def judged(*answers, expected="aab"):
    return [
        Judged(Example(row, (("t", f"text {row}"),), wanted), answer, METRIC.judge(wanted, answer))
        for row, (wanted, answer) in enumerate(zip(expected, answers, strict=True), 1)
    ]


def test_confusion_and_changes_equal_the_hand_count():
    details = holdout_details(judged("a", "b", "hm"), judged("b", "a", "b"), ("a", "b"))
    assert details.confusion == (
        ConfusionCount("a", "a", 1, 1),
        ConfusionCount("a", "b", 1, 1),
        ConfusionCount("b", "(unparseable)", 1, 0),
        ConfusionCount("b", "b", 0, 1),
    )
    assert [(item.row, item.score_before, item.score_after) for item in details.changed] == [
        (1, 1, 0),
        (2, 0, 1),
        (3, 0, 1),
    ]
    assert details.changed[2].answer_before == "hm"
    assert "labels a, b" in details.changed[2].why
    assert details.changed_total == 3


def test_details_survive_being_stored():
    details = holdout_details(judged("a", "b", "hm"), judged("b", "a", "b"), ("a", "b"))
    assert event_from_dict(event_to_dict(details)) == details


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["a", "b", "?"]), st.sampled_from(["a", "b", "?"])),
        min_size=1,
    )
)
def test_a_confusion_counts_every_example_once_for_each_prompt(cases):
    expected = "".join(case[0] for case in cases)
    first = judged(*(case[1] for case in cases), expected=expected)
    second = judged(*(case[2] for case in cases), expected=expected)
    confusion = holdout_details(first, second, ("a", "b")).confusion
    assert sum(cell.first for cell in confusion) == sum(cell.final for cell in confusion) == len(cases)
    right = sum(cell.final for cell in confusion if cell.expected == cell.answered)
    assert right == sum(item.outcome.score for item in second)


@pytest.mark.parametrize("metric", ["label", "macro-f1"])
async def test_a_run_tells_its_warnings_first_and_its_details_after_the_test(metric):
    def script(request, attempt):
        return "a" if not request.messages[0].content.startswith("Job: ") else "{}"

    data = tuple({"text": f"row {i}", "label": "a" if i % 3 else "b"} for i in range(40))
    task = build_task("{text}", ExampleTable("t.csv", ("text", "label"), data), metric=metric)
    pool, _ = scripted_pool(script)
    events = []
    config = OptimizeConfig(rounds=1)
    async with pool:
        result = await run_optimization(task, config, pool, run_id="r-1", on_event=events.append)
    assert any("left to search with" in warning for warning in events[0].warnings)
    tested = next(event for event in events if isinstance(event, HoldoutTested))
    details = next(event for event in events if isinstance(event, HoldoutDetails))
    assert events.index(details) == events.index(tested) + 1
    report = build_report(result, events)
    assert report["confusion"] == [
        {"expected": "a", "answered": "a", "first": 13, "final": 13},
        {"expected": "b", "answered": "a", "first": 7, "final": 7},
    ]
    assert report["changed"] == []
    # 13 of 20 right; macro-F1 is that of a alone, 26/33, halved
    assert tested.seed_score == pytest.approx(13 / 20 if metric == "label" else 26 / 33 / 2)
