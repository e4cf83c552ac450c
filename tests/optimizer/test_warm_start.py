"""Racing's further starts: given prompts, lessons of earlier runs, demonstrations that must win."""

import pytest

from optimizer.config import RacingConfig
from optimizer.errors import InputError
from optimizer.events import BeamSelected, CandidatesProposed, FeedbackTaken
from optimizer.prompts.few_shot import demonstrations_of, shows
from optimizer.prompts.prompt import parse_prompt
from optimizer.search.candidates import Candidate
from optimizer.search.racing.demonstrated import demonstrated, one_per_answer, spare_size
from optimizer.seeds import generator
from optimizer.task import Example, warm_started
from tests.optimizer import test_every_algorithm as runs

CONFIG = runs.CONFIG.with_changes(algorithm="racing", rounds=1)


async def test_a_given_start_that_is_better_leads_the_search_from_the_first_round():
    task = warm_started(runs.task(), starts=["*** Pick a or b: {text}"])
    result, events, _ = await runs.run(config=CONFIG, on_task=task)
    first = next(event for event in events if isinstance(event, BeamSelected))
    assert first.best_text.count("*") >= 3
    assert result.verdict == "better"


async def test_a_lesson_is_tried_as_a_reason_in_the_first_round():
    seen = []

    def listening(request, attempt):
        if "Stars help." in request.messages[-1].content:
            seen.append(request.purpose)
        return runs.skilled(request, attempt)

    task = warm_started(runs.task(), lessons=["Stars help.", " "])
    _, events, _ = await runs.run(listening, config=CONFIG, on_task=task)
    taken = [event for event in events if isinstance(event, FeedbackTaken)]
    assert [event.text for event in taken] == ["Stars help."]
    assert "edit" in seen


def test_a_start_without_the_placeholder_is_refused():
    with pytest.raises(InputError, match="Start prompt 1"):
        warm_started(runs.task(), starts=["Pick one."])


EXAMPLES = [Example(i, (("text", f"row {i}"),), "ab"[i % 2]) for i in range(10)]


def test_demonstrations_show_every_answer_before_one_twice():
    chosen = one_per_answer(EXAMPLES, 4, generator(1, "x"))
    assert sorted(item.expected for item in chosen) == ["a", "a", "b", "b"]
    assert one_per_answer([], 4, generator(1, "x")) == ()


def test_a_demonstrated_newcomer_keeps_the_prompt_and_shows_only_spare_examples():
    leader = Candidate("seed", parse_prompt("Pick a or b: {text}"))
    made = demonstrated(leader, EXAMPLES[:6], 3, generator(1, "x"), name="r1.1")
    assert len(demonstrations_of(made.prompt)) == 3
    assert made.prompt.placeholders == ("text",)
    assert not any(shows(made.prompt, item) for item in EXAMPLES[6:])
    assert demonstrated(leader, [], 3, generator(1, "x"), name="r1.1") is None


def test_a_tenth_of_the_pool_is_spared_unless_demonstrations_are_off():
    assert spare_size(RacingConfig(), 80) == 8
    assert spare_size(RacingConfig(demonstrations=0), 80) == 0


async def test_demonstrations_that_do_not_help_are_not_kept():
    result, events, _ = await runs.run(config=CONFIG.with_changes(rounds=6))
    proposed = [p for e in events if isinstance(e, CandidatesProposed) for p in e.proposals]
    shown = [proposal.parent for proposal in proposed if proposal.origin == "demonstrations"]
    assert shown
    assert len(shown) == len(set(shown)), "tried once for each leader"
    assert not demonstrations_of(parse_prompt(result.final_prompt))
