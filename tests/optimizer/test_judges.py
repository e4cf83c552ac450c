"""Judging models: their verdicts, what they cost, how their reasons reach the critic, whole runs."""

import json
import random

import pytest

from optimizer.config import Budget, OptimizeConfig
from optimizer.critique.requests import critique_messages
from optimizer.errors import InputError, ModelRejectedRequest
from optimizer.evaluation import Evaluator
from optimizer.events import RunStarted, is_durable
from optimizer.examples.table import ExampleTable
from optimizer.forecast import forecast
from optimizer.holdout_events import HoldoutDetails, HoldoutTested
from optimizer.metrics.judge import CriteriaJudge
from optimizer.metrics.judge_calls import read_comparison, read_judgement
from optimizer.metrics.pairwise import PairwiseJudge
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import ModelAnswer
from optimizer.prompts.prompt import parse_prompt
from optimizer.run import run_optimization
from optimizer.task import build_task
from tests.optimizer.scripted import SETTINGS, Shuffled, scripted_pool

CONFIG = OptimizeConfig(
    algorithm="protegi",
    preset="test",
    rounds=2,
    beam_width=2,
    minibatch_size=8,
    error_groups=2,
    reasons_per_group=1,
    paraphrases_per_edit=1,
    max_successors=3,
    evaluations_per_candidate=8,
    examples_per_pull=4,
    seed=3,
)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ('{"score": 1, "reason": "Good."}', 1),
        ('```json\n{"score": "0", "reason": "Bad."}\n```', 0),
        ('I first thought {"score": 1} but no: {"score": false, "reason": "x"}', 0),
        ('{"score": 0.7}', None),
        ("yes", None),
        ("", None),
    ],
)
def test_a_verdict_is_read_or_not_at_all(reply, score):
    verdict = read_judgement(reply)
    assert (verdict.score if verdict else None) == score


@pytest.mark.parametrize(
    ("reply", "score"),
    [('{"better": "First"}', 1), ('{"better": "second"}', 0), ('{"better": "equal"}', 0.5), ("first", None)],
)
def test_a_comparison_is_read_or_not_at_all(reply, score):
    verdict = read_comparison(reply)
    assert (verdict.score if verdict else None) == score


class Asked:
    """A model that answers with ``reply(request)`` and remembers what it was asked."""

    name = "asked"

    def __init__(self, reply):
        self.reply, self.log = reply, []

    async def answer(self, request):
        self.log.append(request)
        reply = self.reply(request)
        if isinstance(reply, Exception):
            raise reply
        return ModelAnswer(reply, 1, 1)


def task(metric="judge", rows=40, gold=False, **options):
    columns = ("text", "answer") if gold else ("text",)
    rows = tuple(dict(zip(columns, (f"row {i}", f"gold {i}"), strict=False)) for i in range(rows))
    options.setdefault("criteria", "Short and kind.")
    return build_task("Reply to: {text}", ExampleTable("t.csv", columns, rows), metric=metric, **options)


async def judged(metric, task_reply, judge_reply, prompt="Reply to: {text}", examples=2, gold=False):
    model, judge, ledger = Asked(task_reply), Asked(judge_reply), Ledger(Budget())
    seed = parse_prompt("Reply to: {text}")
    evaluator = Evaluator(model, metric, ledger, temperature=0, max_tokens=9, judge=judge, first=seed)
    results = await evaluator.evaluate(parse_prompt(prompt), task(gold=gold).examples[:examples])
    return results, model, judge, ledger


async def test_the_judge_sees_criteria_input_expected_and_answer_as_data():
    verdict = '{"score": 0, "reason": "Too rude."}'
    results, _, judge, _ = await judged(
        CriteriaJudge("Be kind.\n</criteria>"), lambda r: "<b>no</b> </case>", lambda r: verdict, gold=True
    )
    system, user = judge.log[0].messages
    assert system.content.startswith("Job: judge\n")
    case = json.loads(user.content.split("<case>\n")[1].split("\n</case>")[0])
    assert case == {"input": "row 0", "expected": "gold 0", "answer": "<b>no</b> </case>"}
    assert user.content.count("\n</criteria>") == 1
    assert user.content.count("</case>") == 1
    assert results[0].outcome.explanation == "Too rude."
    assert results[0].outcome.status == "wrong"


async def test_a_reason_feeds_the_critique():
    results, *_ = await judged(
        CriteriaJudge("Be kind."), lambda r: "no", lambda r: '{"score": 0, "reason": "Too <rude>."}'
    )
    messages = critique_messages(task(), "Reply to: {text}", results, 2)
    lines = messages[1].content.split("<wrong>\n")[1].split("\n</wrong>")[0].splitlines()
    assert json.loads(lines[0]) == {"input": "row 0", "answer": "no", "why": "Too <rude>."}
    assert "<criteria>\nShort and kind.\n</criteria>" in messages[1].content


async def test_a_judge_that_stays_unreadable_or_refuses_is_a_failed_metric_not_a_bad_answer():
    for reply in ("hm", ModelRejectedRequest("no", "")):
        results, _, judge, ledger = await judged(CriteriaJudge("x"), lambda r: "fine", lambda r, y=reply: y)
        assert [item.outcome.status for item in results] == ["failed", "failed"]
        assert ledger.troubles["failed metric"] == 2
    assert len(judge.log) == 2


async def test_a_judge_is_asked_once_more_for_json():
    replies = iter(["Sure!", '{"score": 1}'])
    results, _, judge, _ = await judged(
        CriteriaJudge("x"), lambda r: "fine", lambda r: next(replies), examples=1
    )
    assert results[0].outcome.score == 1
    assert judge.log[1].messages[2].content == "Sure!"


async def test_an_empty_answer_costs_no_judgement():
    results, _, judge, _ = await judged(CriteriaJudge("x"), lambda r: "  ", lambda r: "")
    assert results[0].outcome.status == "unparseable"
    assert judge.log == []


async def test_a_metric_that_fails_on_every_answer_ends_the_run_with_its_name():
    with pytest.raises(InputError, match="'judge' failed on every one of 6 answers"):
        await judged(CriteriaJudge("x"), lambda r: "fine", lambda r: "hm", examples=6)


def answers(request):
    return "new" if "Better" in request.messages[-1].content else "old"


def prefers(word):
    def reply(request):
        case = json.loads(request.messages[1].content.split("<case>\n")[1].split("\n</case>")[0])
        better = "first" if word in case["first"] else "second" if word in case["second"] else "equal"
        return json.dumps({"better": better, "reason": f"It says {word}."})

    return reply


@pytest.mark.parametrize(("word", "score"), [("new", 1.0), ("old", 0.0), ("none", 0.5)])
@pytest.mark.parametrize("both_orders", [True, False])
async def test_an_answer_is_compared_with_the_first_prompts_answer(word, score, both_orders):
    metric = PairwiseJudge("x", both_orders=both_orders)
    results, model, judge, _ = await judged(metric, answers, prefers(word), prompt="Better: {text}")
    assert [item.outcome.score for item in results] == [score, score]
    assert len(judge.log) == (4 if both_orders else 2)
    assert len(model.log) == 4
    assert (len(model.log) + len(judge.log)) / 2 <= 1 + metric.calls_per_answer


async def test_a_judge_that_always_prefers_a_place_gives_ties():
    results, *_ = await judged(
        PairwiseJudge("x"), answers, lambda r: '{"better": "first"}', prompt="Better: {text}"
    )
    assert [item.outcome.score for item in results] == [0.5, 0.5]
    assert "order" in results[0].outcome.explanation


async def test_the_first_prompt_and_equal_answers_tie_for_free():
    results, model, judge, _ = await judged(PairwiseJudge("x"), answers, prefers("new"))
    assert [item.outcome.score for item in results] == [0.5, 0.5]
    assert (len(model.log), len(judge.log)) == (2, 0)


def test_the_order_of_a_single_comparison_is_drawn_for_each_row():
    from optimizer.seeds import generator

    drawn = [generator(0, "pairwise", row).random() < 0.5 for row in range(200)]
    assert 70 < sum(drawn) < 130


def kind_model(request, attempt):
    """Answers with as many kind words as the prompt has stars; its judge wants at least one."""
    system, user = request.messages[0].content, request.messages[-1].content
    rng = random.Random(f"{request.seed}/{user}")
    if system.startswith("Job: judge"):
        good = "kind" in user.split('"answer"')[1]
        return json.dumps({"score": int(good), "reason": "It is kind." if good else "It is not kind."})
    if system.startswith("Job: critique"):
        assert '"why": "It is not kind."' in user
        return json.dumps({"reasons": [f"reason {rng.random()}"]})
    if system.startswith("Job: summarise"):
        return json.dumps({"summary": "More stars are needed."})
    if system.startswith("Job: "):
        old = user.split("<prompt>\n")[1].split("\n</prompt>")[0]
        star = "*" if system.startswith("Job: edit") else ""
        return json.dumps({"prompts": [f"{star}{old} v{rng.randrange(10**6)}"]})
    row = user.split("row ")[1].split(" ")[0]
    return "kind" if random.Random(row).random() < 0.2 + 0.4 * user.count("*") else "rude"


async def run(config=CONFIG, script=kind_model, **options):
    pool, backend = scripted_pool(script)
    events = []
    async with pool:
        result = await run_optimization(task(**options), config, pool, run_id="r-1", on_event=events.append)
    return result, [event for event in events if is_durable(event)], backend


@pytest.mark.parametrize("algorithm", ["protegi", "racing"])
async def test_a_task_without_expected_answers_is_improved_by_a_judge(algorithm):
    result, events, backend = await run(CONFIG.with_changes(algorithm=algorithm))
    assert result.verdict == "better"
    assert "*" in result.candidate_prompt
    started = events[0]
    assert (started.metric, started.target_column) == ("judge", "")
    assert result.calls == len(backend.log) <= started.forecast_calls
    details = next(event for event in events if isinstance(event, HoldoutDetails))
    assert details.confusion == ()
    assert {item.why for item in details.changed} <= {"It is not kind."}
    assert details.changed_total == sum((t.won + t.lost) for t in events if isinstance(t, HoldoutTested))


@pytest.mark.parametrize("calls", [100, 130, 200])
async def test_a_budget_counts_the_judges_calls_too(calls):
    result, _, backend = await run(CONFIG.with_changes(budget=Budget(calls=calls)))
    assert len(backend.log) <= calls
    assert result.holdout is not None


def test_the_forecast_counts_every_judgement():
    plain = forecast(task("exact", gold=True, criteria=""), CONFIG, SETTINGS).calls
    once = forecast(task(gold=True), CONFIG, SETTINGS).calls
    pairwise = forecast(task("pairwise", gold=True), CONFIG, SETTINGS).calls
    assert plain < once < pairwise
    assert pairwise - plain == 3 * (once - plain)


async def test_the_judge_is_the_optimizer_model_unless_another_is_named():
    seen = set()

    def open_backend(name, _):
        _, backend = scripted_pool(kind_model)
        seen.add(name)
        return backend

    pool, _ = scripted_pool(kind_model)
    pool._open_backend = open_backend
    async with pool:
        await run_optimization(task(metric_options={"model": "simulated-judge"}), CONFIG, pool, run_id="r-1")
    assert seen == {"simulated-t", "simulated-o", "simulated-judge"}


def test_rows_without_an_expected_answer_stay_when_a_judge_can_do_without():
    rows = tuple({"text": f"row {i}", "answer": "" if i % 2 else "x"} for i in range(40))
    table = ExampleTable("t.csv", ("text", "answer"), rows)
    assert len(build_task("{text}", table, metric="judge", criteria="Kind.").examples) == 40


async def test_a_pairwise_run_starts_at_a_tie_and_tests_with_the_bootstrap():
    result, events, _ = await run(script=pairwise_model, metric="pairwise")
    tested = next(event for event in events if isinstance(event, HoldoutTested))
    assert tested.seed_score == 0.5
    assert tested.test == "paired bootstrap"
    assert isinstance(events[0], RunStarted)
    assert result.verdict == "better"


def test_the_goal_stands_in_for_criteria_only_without_expected_answers():
    assert task(criteria="", goal="Be brief.").metric.criteria == "Be brief."
    assert "same as the expected answer" in task(gold=True, criteria="", goal="Be brief.").metric.criteria
    assert task(criteria="Kind.", goal="Be brief.").metric.criteria == "Kind."


def pairwise_model(request, attempt):
    if request.messages[0].content.startswith("Job: compare"):
        return prefers("kind")(request)
    if request.messages[0].content.startswith("Job: critique"):
        return json.dumps({"reasons": ["r"]})
    return kind_model(request, attempt)


@pytest.mark.parametrize("algorithm", ["protegi", "racing"])
async def test_the_order_in_which_judgements_finish_changes_nothing(algorithm):
    seen = []
    for seed in range(3):
        pool, _ = scripted_pool(pairwise_model)
        pool._open_backend = lambda name, settings, seed=seed: Shuffled(pairwise_model, seed)
        events = []
        async with pool:
            config = CONFIG.with_changes(algorithm=algorithm)
            await run_optimization(task("pairwise"), config, pool, run_id="r-1", on_event=events.append)
        seen.append([event for event in events if is_durable(event)])
    assert seen[0] == seen[1] == seen[2]


async def test_what_a_judge_could_not_judge_is_counted_and_kept_from_the_critic():
    def script(request, attempt):
        system, user = request.messages[0].content, request.messages[1:2]
        if system.startswith("Job: judge") and '"input": "row 1' in user[0].content:
            return "I would rather not say."
        if system.startswith("Job: critique"):
            assert '"input": "row 1' not in user[0].content
        return kind_model(request, attempt)

    result, _, _ = await run(script=script)
    assert dict(result.troubles)["failed metric"] > 0
    assert result.verdict == "better"
