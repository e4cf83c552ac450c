"""What an evolution promises, shown by whole runs against a scripted model."""

from optimizer.evolution.events import EvolutionFinished, EvolutionStarted
from tests.optimizer.evolution.parts import run


async def test_a_better_method_is_found_tested_and_applied_to_every_row():
    result, events, backend, sink = await run()
    assert result.final_rate < result.first_rate
    assert result.verdict == "better"
    assert "*" in result.final_method
    assert result.calls == len(backend.log)
    assert [row.source.row for row in sink.rows] == list(range(1, 101))
    assert isinstance(events[0], EvolutionStarted)
    assert isinstance(events[-1], EvolutionFinished)
