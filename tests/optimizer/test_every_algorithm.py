"""What every algorithm promises, shown by whole runs against a scripted model."""

import asyncio
import json
import random
from dataclasses import replace

import pytest

from optimizer.config import Budget, OptimizeConfig, PromptEvolutionConfig, RacingConfig
from optimizer.control import RunControl
from optimizer.errors import ConfigError, ModelUnreachable
from optimizer.events import BeamSelected, BudgetSpent, CandidateRejected, RunFinished, RunStarted, is_durable
from optimizer.examples.table import ExampleTable
from optimizer.holdout_events import HoldoutTested
from optimizer.model.memory_journal import MemoryJournal
from optimizer.model.protocol import ModelAnswer
from optimizer.run import run_optimization
from optimizer.task import build_task
from tests.optimizer.scripted import SETTINGS, ScriptedBackend, Shuffled, scripted_pool

CONFIG = OptimizeConfig(
    preset="test",
    rounds=3,
    beam_width=2,
    minibatch_size=16,
    error_groups=2,
    reasons_per_group=2,
    paraphrases_per_edit=1,
    max_successors=4,
    evaluations_per_candidate=16,
    examples_per_pull=8,
    racing=RacingConfig(parents=2, edits_per_parent=3, first_rung=8, rungs=2),
    evolve=PromptEvolutionConfig(variants=8, examples=40),
    seed=3,
)
COUNTED = ("protegi", "racing", "evolve")
"""Algorithms whose whole search is scripted here; the paper's baselines have tests of their own."""


@pytest.fixture(autouse=True, params=COUNTED)
def algorithm(request, monkeypatch):
    """Run every test of this file with each algorithm."""
    monkeypatch.setitem(globals(), "CONFIG", replace(CONFIG, algorithm=request.param))
    return request.param


def task(rows=80, prompt="Pick a or b: {text}"):
    data = tuple({"text": f"row {i}", "label": "ab"[i % 2]} for i in range(rows))
    return build_task(prompt, ExampleTable("t.csv", ("text", "label"), data))


def row_of(text):
    """The number of the row that is asked about: the last one, after any demonstrations."""
    return int(text.rsplit("row ", 1)[1].split(" ")[0].split("\n")[0])


def skilled(request, attempt):
    """A task model that is right as often as the prompt has stars, and an editor that adds one."""
    system, user = request.messages[0].content, request.messages[-1].content
    rng = random.Random(f"{request.seed}/{user}")
    if system.startswith("Job: critique"):
        return json.dumps({"reasons": [f"reason {rng.random()}" for _ in range(2)]})
    if system.startswith("Job: summarise"):
        return json.dumps({"summary": "More stars are needed."})
    if system.startswith("Job: "):
        old = user.split("<prompt>\n")[1].split("\n</prompt>")[0]
        star = "*" if system.startswith(("Job: edit", "Job: evolve-prompt")) else ""
        return json.dumps({"prompts": [f"{star}{old} v{rng.randrange(10**6)}"]})
    number = row_of(user)
    right = random.Random(number).random() < 0.4 + 0.15 * user.count("*")
    return "ab"[number % 2] if right else "ba"[number % 2]


async def run(script=skilled, config=None, on_task=None, **options):
    config = config or CONFIG
    pool, backend = scripted_pool(script)
    events = []
    async with pool:
        result = await run_optimization(
            on_task or task(), config, pool, run_id="r-1", on_event=events.append, **options
        )
    return result, events, backend


async def test_a_better_prompt_is_found_tested_and_returned():
    result, events, backend = await run()
    assert result.verdict == "better"
    assert "*" in result.final_prompt
    assert "{text}" in result.final_prompt
    assert result.holdout.final_score > result.holdout.seed_score
    assert result.calls == len(backend.log)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert sum(isinstance(event, HoldoutTested) for event in events) == 1


async def test_the_first_prompt_is_returned_when_nothing_better_is_shown():
    def hopeless(request, attempt):
        reply = skilled(request, attempt)
        return reply.replace("*", "") if reply.startswith("{") else reply

    result, _, _ = await run(hopeless)
    assert result.verdict == "not shown"
    assert result.final_prompt == result.seed_prompt == "Pick a or b: {text}"


async def test_the_holdout_is_asked_with_two_prompts_only_and_last():
    _, events, backend = await run()
    started = next(event for event in events if isinstance(event, RunStarted))
    tested = [request.messages[0].content for request in backend.log[-2 * started.holdout_size :]]
    rows = {row_of(text) for text in tested}
    before = [r.messages[0].content for r in backend.log[: -2 * started.holdout_size]]
    searched = {row_of(text) for text in before if not text.startswith("Job: ")}
    assert len(rows) == started.holdout_size
    assert not rows & searched


async def test_the_order_in_which_calls_finish_changes_nothing():
    seen = []
    for seed in range(3):
        pool, _ = scripted_pool(skilled)
        pool._open_backend = lambda name, settings, seed=seed: Shuffled(skilled, seed)
        events = []
        async with pool:
            await run_optimization(task(), CONFIG, pool, run_id="r-1", on_event=events.append)
        seen.append([event for event in events if is_durable(event)])
    assert seen[0] == seen[1] == seen[2]


async def test_equal_seeds_give_equal_runs_and_other_seeds_other_ones():
    first, again = await run(), await run()
    other = await run(config=CONFIG.with_changes(seed=4))
    assert first[0].candidate_prompt == again[0].candidate_prompt
    assert first[0].candidate_prompt != other[0].candidate_prompt


@pytest.mark.parametrize("calls", [96, 120, 200, 300])
async def test_a_budget_in_calls_holds_and_still_ends_with_a_verdict(calls):
    result, events, backend = await run(config=CONFIG.with_changes(rounds=9, budget=Budget(calls=calls)))
    assert len(backend.log) <= calls
    assert result.holdout is not None
    assert result.stopped_because == "budget"
    assert any(isinstance(event, BudgetSpent) and event.what == "calls" for event in events)


async def test_a_budget_that_cannot_end_with_a_verdict_is_refused_before_anything_is_paid():
    pool, backend = scripted_pool(skilled)
    with pytest.raises(ConfigError, match="at least 96"):
        await run_optimization(task(), CONFIG.with_changes(budget=Budget(calls=50)), pool)
    assert backend.log == []


async def test_a_budget_in_tokens_holds():
    result, _, _ = await run(config=CONFIG.with_changes(budget=Budget(tokens=20_000)))
    assert result.input_tokens + result.output_tokens <= 20_000


async def test_a_stop_returns_the_first_prompt_and_the_best_candidate_so_far():
    control = RunControl()
    events = []

    def note(event):
        events.append(event)
        if isinstance(event, BeamSelected):
            control.cancel()

    pool, backend = scripted_pool(skilled)
    async with pool:
        result = await run_optimization(task(), CONFIG, pool, on_event=note, control=control)
    paid = len(backend.log)
    assert result.stopped_because == "cancelled"
    assert result.final_prompt == result.seed_prompt
    assert result.holdout is None
    assert paid < 300


async def test_a_run_started_again_repeats_no_call_and_ends_the_same():
    journal = MemoryJournal()
    whole, events, _ = await run()
    pool, backend = scripted_pool(lambda request, n: skilled(request, n))
    limit = [150]

    def dying(request, attempt):
        limit[0] -= 1
        return ModelUnreachable("down") if limit[0] < 0 else skilled(request, attempt)

    dying_pool, _ = scripted_pool(dying)
    with pytest.raises(ModelUnreachable):
        async with dying_pool:
            await run_optimization(task(), CONFIG, dying_pool, run_id="r-1", journal=journal)
    again = []
    async with pool:
        result = await run_optimization(
            task(), CONFIG, pool, run_id="r-1", journal=journal, on_event=again.append
        )
    assert [e for e in again if is_durable(e)] == [e for e in events if is_durable(e)]
    assert result.final_prompt == whole.final_prompt
    assert result.calls == whole.calls
    assert len(backend.log) + 150 == whole.calls


async def test_words_of_a_person_become_an_edit():
    control = RunControl()
    control.add_feedback("Mention the stars.", "U1")
    seen = []

    def listening(request, attempt):
        if "Mention the stars." in request.messages[-1].content:
            seen.append(request.messages[0].content.splitlines()[0])
        return skilled(request, attempt)

    _, events, _ = await run(listening, control=control)
    assert {"Job: edit", "Job: evolve-prompt"} & set(seen)
    assert any(event.kind == "feedback_taken" and event.author == "U1" for event in events)


async def test_broken_proposals_are_rejected_and_told_not_repaired():
    def careless(request, attempt):
        reply = skilled(request, attempt)
        return reply.replace("{text}", "") if reply.startswith('{"prompts"') else reply

    result, events, _ = await run(careless)
    rejected = [event for event in events if isinstance(event, CandidateRejected)]
    assert rejected
    assert all("lost the placeholder {text}" in event.why for event in rejected)
    assert result.final_prompt == result.seed_prompt


async def test_an_optimizer_model_that_never_answers_in_form_ends_with_the_first_prompt():
    def stubborn(request, attempt):
        return "I'd rather talk." if request.purpose != "task" else skilled(request, attempt)

    result, _, _ = await run(stubborn)
    assert result.verdict == "not shown"
    assert dict(result.troubles)["unreadable reply"] > 0


async def test_refused_truncated_and_unparseable_answers_are_counted():
    def odd(request, attempt):
        reply = skilled(request, attempt)
        if request.purpose == "task" and row_of(request.messages[0].content) == 7:
            return ModelAnswer("", 1, 0, finish="refusal", cost=0.0)
        if request.purpose == "task" and row_of(request.messages[0].content) == 9:
            return ModelAnswer("Let me think about", 1, 9, finish="length", cost=0.0)
        return reply

    result, _, _ = await run(odd)
    assert {"refusal", "truncated answer", "unparseable answer"} <= set(dict(result.troubles))


async def test_a_perfect_first_prompt_stops_at_once():
    result, _, _ = await run(
        lambda request, n: (
            "ab"[row_of(request.messages[0].content) % 2]
            if request.purpose == "task"
            else skilled(request, n)
        )
    )
    assert result.stopped_because == "perfect"
    assert result.holdout.seed_score == 1.0


async def test_patience_stops_a_search_that_finds_nothing():
    def hopeless(request, attempt):
        reply = skilled(request, attempt)
        return reply.replace("*", "") if reply.startswith("{") else reply

    result, _, _ = await run(hopeless, config=CONFIG.with_changes(rounds=6, patience=1))
    assert result.stopped_because in ("patience", "rounds")
    assert result.rounds <= 6


def test_the_settings_of_the_scripted_model_hold_no_secret():
    assert "api_key" not in repr(SETTINGS)


async def test_nothing_is_told_after_the_end_although_calls_in_flight_are_seen_through(monkeypatch):
    monkeypatch.setattr("optimizer.progress._EVERY_SECONDS", 0.0)
    control = RunControl()
    events = []
    held = asyncio.Event()

    class Held(ScriptedBackend):
        async def attempt(self, request):
            if control.cancelled or len(self.log) > 100:
                control.cancel()
                await held.wait()
            return await super().attempt(request)

    backend = Held(skilled)
    pool, _ = scripted_pool(skilled)
    pool._open_backend = lambda *_: backend
    async with pool:
        await run_optimization(task(), CONFIG, pool, on_event=events.append, control=control)
        held.set()
    assert isinstance(events[-1], RunFinished)
