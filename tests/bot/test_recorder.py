"""The recorder serves all runs: what happens to one waiter must not stop it."""

from bot.background.recorder import Recorder, RunTape
from optimizer.events import BaselineScored
from storage.runs import Place, RunRecord
from storage.store import Store


def test_a_waiter_that_leaves_does_not_end_the_recorder(tmp_path):
    with Store(tmp_path) as store:
        store.runs.create(
            RunRecord("r-1", "optimize", "running", "U1", Place("T1", "C1", "public"), {}, created_at=0.0)
        )
        recorder = Recorder()
        told = []
        tape = RunTape(store.runs, "r-1", told=lambda: told.append("news"))
        gone = recorder.drained(tape)
        gone.cancel()
        event = BaselineScored(0.5, 10, 0)
        recorder.put(tape, event)
        recorder.drained(tape).result(timeout=20)
        assert told == ["news"]
        assert store.runs.events("r-1") == [event]
        recorder.close()
