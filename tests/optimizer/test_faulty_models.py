"""Faults of a model or its server must not matter: a valid result, within the budget, and told how often."""

import json
from pathlib import Path

import pytest

from optimizer.config import Budget, preset
from optimizer.examples.load import load_examples
from optimizer.model.settings import ModelSettings
from optimizer.prompts.prompt import parse_prompt
from optimizer.run import run_optimization
from optimizer.search.choose import ALGORITHMS
from optimizer.task import build_task
from sandbox.model import server as model_server
from sandbox.model.chat_format import Choice
from sandbox.model.runner import RunningModel

TICKETS = Path(__file__).resolve().parents[2] / "examples" / "support-tickets"
BUDGET = 1200
ROWS = 80
IN_FRENCH = {"billing": "facturation", "bug": "anomalie", "account": "compte"}


def small_task():
    lines = (TICKETS / "tickets.csv").read_bytes().splitlines(keepends=True)
    table = load_examples("tickets.csv", b"".join(lines[: ROWS + 1]))
    return build_task((TICKETS / "prompt.txt").read_text(), table)


async def run_against(model, *, concurrency=16, algorithm="racing"):
    """Run the quick preset over HTTP and check what must hold whatever goes wrong."""
    settings = ModelSettings(
        task_model="simulated-small",
        optimizer_model="simulated-large",
        base_url=model.url,
        concurrency=concurrency,
    )
    config, events = preset("quick").with_changes(algorithm=algorithm, budget=Budget(calls=BUDGET)), []
    result = await run_optimization(small_task(), config, settings, on_event=events.append)
    assert result.holdout is not None
    assert result.calls <= BUDGET
    assert result.calls == model.stats()["answered"]
    assert "{ticket}" in result.final_prompt
    assert result.verdict == "better" or result.final_prompt == result.seed_prompt
    assert events[-1].troubles == result.troubles
    return result, dict(result.troubles)


@pytest.fixture(autouse=True)
def short_back_off(monkeypatch):
    monkeypatch.setattr("optimizer.model.door._FIRST_WAIT", 0.01)


@pytest.fixture
def answering(monkeypatch):
    """Replace the simulated model's answers: ``change(kind, choice)`` returns the text to send instead."""
    real = model_server.answer_chat

    def use(change):
        def answer(request, sample, seed):
            choice = real(request, sample, seed)
            return Choice(change(model_server.kind_of(request), request, choice.text))

        monkeypatch.setattr(model_server, "answer_chat", answer)

    return use


@pytest.mark.parametrize("rate", [0.02, 0.1])
async def test_server_errors_are_tried_again_and_counted(rate):
    with RunningModel(error_rate=rate) as model:
        result, troubles = await run_against(model)
        assert troubles["overloaded or failing server"] == model.stats()["outcomes"]["error"] > 0
    with RunningModel() as model:
        undisturbed, _ = await run_against(model)
    assert (result.final_prompt, result.calls) == (undisturbed.final_prompt, undisturbed.calls)
    assert result.holdout == undisturbed.holdout


async def test_cut_connections_are_tried_again_and_counted():
    with RunningModel(cut_rate=0.1) as model:
        _, troubles = await run_against(model)
        assert troubles["lost connection"] == model.stats()["outcomes"]["cut"] > 0


async def test_a_tight_rate_limit_only_slows_the_run_down():
    """Far more calls want to go than may: a call is sent away more often than it may fail."""
    with RunningModel(rate_limit_rps=40, retry_after=0.1) as model:
        _, troubles = await run_against(model, concurrency=64)
        outcomes = model.stats()["outcomes"]
        calls = model.calls()
    assert troubles["rate limit"] == outcomes["rate_limit"] > 50
    assert calls


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("garble_rate", {"unparseable answer"}),
        ("truncate_rate", {"truncated answer", "unparseable answer"}),
        ("refuse_rate", {"refusal", "unparseable answer"}),
    ],
)
@pytest.mark.parametrize("rate", [0.1, 1.0])
async def test_spoilt_answers_count_as_wrong_and_are_told(fault, told, rate):
    with RunningModel(**{fault: rate}) as model:
        result, troubles = await run_against(model)
    assert told <= troubles.keys()
    if rate == 1.0:
        assert result.verdict != "better"
        assert troubles["unreadable reply"] > 0


async def test_everything_at_once():
    faults = {"error_rate": 0.1, "cut_rate": 0.05, "garble_rate": 0.05, "refuse_rate": 0.05}
    with RunningModel(**faults, truncate_rate=0.05, rate_limit_rps=150, retry_after=0.05) as model:
        _, troubles = await run_against(model)
    assert {"overloaded or failing server", "refusal", "truncated answer"} <= troubles.keys()


@pytest.mark.parametrize(
    "reply", ["", "Gladly! I would word it more clearly.", "[1, 2", '{"prompts": 7}', "null"]
)
async def test_an_optimizer_that_ignores_the_format_edits_nothing(answering, reply):
    answering(lambda kind, request, text: text if kind == "task" else reply)
    with RunningModel() as model:
        result, troubles = await run_against(model, algorithm="protegi")
    assert result.candidate_prompt == result.seed_prompt
    assert troubles["unreadable reply"] > 0


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_every_algorithm_ends_well_when_the_optimizer_only_chats(answering, algorithm):
    answering(lambda kind, request, text: text if kind == "task" else "What a nice prompt you have!")
    with RunningModel(error_rate=0.05) as model:
        result, _ = await run_against(model, algorithm=algorithm)
    final = parse_prompt(result.candidate_prompt)
    assert final.editable_text == parse_prompt(result.seed_prompt).editable_text or algorithm == "rl"


@pytest.mark.parametrize("algorithm", ["racing", "protegi"])
async def test_an_optimizer_that_returns_the_same_prompt_again_edits_nothing(answering, algorithm):
    def same(kind, request, text):
        if kind not in ("edit", "paraphrase"):
            return text
        shown = request.messages[-1].content.split("<prompt>\n")[1].split("\n</prompt>")[0]
        return json.dumps({"prompts": [shown]})

    answering(same)
    with RunningModel() as model:
        result, troubles = await run_against(model, algorithm=algorithm)
    final = parse_prompt(result.candidate_prompt)
    assert final.editable_text == parse_prompt(result.seed_prompt).editable_text
    assert result.stopped_because in ("patience", "rounds")
    assert troubles["same prompt again"] > 0


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("{}", False),  # a single word is of no language for certain
        ("La réponse est {}, car le client parle de cette chose dans son message.", True),
        ("Ответ: клиент пишет нам о счёте или об ошибке.", True),
    ],
)
async def test_answers_in_another_language_are_wrong_and_told(answering, sentence, told):
    def abroad(kind, request, text):
        return sentence.format(IN_FRENCH.get(text, text)) if kind == "task" and text in IN_FRENCH else text

    answering(abroad)
    with RunningModel() as model:
        _, troubles = await run_against(model)
    assert troubles["unparseable answer"] > 20
    assert (troubles.get("answer in another language", 0) > 20) == told


async def test_a_server_that_is_away_for_a_while_is_waited_for(monkeypatch):
    with RunningModel(error_rate=1.0) as model:
        waits = []
        real = model_server.faults.transport_trouble

        def back_soon(settings, content_hash, attempt, seed):
            waits.append(attempt)
            return real(settings, content_hash, attempt, seed) if attempt <= 2 else None

        monkeypatch.setattr(model_server.faults, "transport_trouble", back_soon)
        result, troubles = await run_against(model)
    assert troubles["overloaded or failing server"] >= 2 * result.calls
