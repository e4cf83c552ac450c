"""What an evolution found can be told from its stored events alone."""

import json

import pytest

from optimizer.errors import InputError
from optimizer.events import is_durable
from optimizer.evolution.told import result_of
from optimizer.stored_events import event_from_dict, event_to_dict
from tests.optimizer.evolution.parts import changed, instructions, run


@pytest.mark.parametrize("changes", [{}, {"holdout": 0}, {"steps": 2, "answers": True}])
async def test_the_stored_events_tell_the_result_of_the_run(changes):
    result, events, _, _ = await run(config=changed(**changes), rows=instructions(80, unusable=(7,)))
    stored = [json.loads(json.dumps(event_to_dict(event))) for event in events if is_durable(event)]
    told = result_of(result.run_id, [event_from_dict(event) for event in stored], result.seconds)
    assert told == result


async def test_the_events_of_an_unfinished_run_tell_no_result():
    _, events, _, _ = await run()
    with pytest.raises(InputError, match="has not ended"):
        result_of("e-1", events[:-1], 0.0)
