"""A backup that is taken while a run is under way: brought back elsewhere, the run goes on to the same end."""

from __future__ import annotations

from pathlib import Path

from sandbox.model.runner import RunningModel
from storage.store import Store
from tests.cli.terminal import promptbeam
from tests.service.lone_service import CONCURRENCY, kill, start, stored_run
from tests.service.test_random_kills import _ended, _told, _wait


def test_a_run_goes_on_from_a_backup_that_was_taken_in_its_middle(tmp_path: Path):
    run = stored_run()
    with RunningModel() as model:
        with Store(tmp_path / "calm") as calm:
            calm.runs.create(run)
            child = start(tmp_path / "calm", model.url)
            _wait(lambda: _ended(calm, run))
            kill(child)
            told, calls = _told(calm, run), int(model.stats()["answered"])
            model.control(reset=True)

        (tmp_path / "bot").mkdir()
        with Store(tmp_path / "bot" / "data") as store:
            store.runs.create(run)
            model.control(hold_after=calls // 2)
            child = start(store.folder, model.url)
            for part in (1, 3):  # early, and at the point where the model makes everybody wait
                _wait(lambda part=part: model.stats()["answered"] >= part * calls // 8)  # type: ignore[misc]
                code, said, err = promptbeam(tmp_path / "bot", "backup", f"{part}.sqlite")
                assert code == 0, err
                assert "1 runs" in said
            kill(child)
            lost = store.journal.spending(run.id).calls

        code, _, err = promptbeam(tmp_path, "restore", tmp_path / "bot" / "3.sqlite")
        assert code == 0, err
        with Store(tmp_path / "data") as restored:
            assert restored.database.rows("PRAGMA foreign_key_check") == []
            assert restored.runs.get(run.id).status == "running"
            assert _told(restored, run) == told[: len(_told(restored, run))]
            kept = restored.journal.spending(run.id).calls
            assert 0 < kept <= lost
            model.control(hold_after=-1)
            child = start(restored.folder, model.url)
            _wait(lambda: _ended(restored, run))
            kill(child)
            assert restored.runs.get(run.id).status == "done"
            assert _told(restored, run) == told
            assert restored.database.rows("SELECT count(*), count(DISTINCT key) FROM calls") == [
                (calls, calls)
            ]
        assert model.stats()["repeated"] <= lost - kept + CONCURRENCY, (
            "what the backup holds is not paid again"
        )
