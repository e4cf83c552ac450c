"""Deletion and retention reach what other processes worked on: shared answers, shards at an address, rows in files."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest

from bot.background.large_data import LargeData
from bot.background.outside import OutsideStore, evolved_rows
from bot.background.sharing import open_shared
from optimizer.errors import InputError
from optimizer.instructions.address import address_of
from storage.errors import StorageError
from storage.exchange import local_exchange
from storage.file_lock import held
from storage.runs import RunRecord
from storage.store import Store
from storage.visibility import Place, Viewer
from tests.cli.terminal import promptbeam
from tests.service.test_shared_tables import record

OWNER = Viewer("", "", everything=True)


def evolution(run_id: str, ended: float, place: Place, **request: object) -> RunRecord:
    return RunRecord(run_id, "evolve", "done", "U1", place, request, ended, finished_at=ended)


def left_behind(folder: Path, bucket: Path, run_id: str) -> tuple[Path, Path]:
    """What a run that failed among its shards leaves: rows at the terminal, pieces at the address."""
    rows, shards = evolved_rows(folder, run_id), bucket / run_id / "0a1b"
    rows.parent.mkdir(exist_ok=True)
    rows.write_text("a row")
    shards.mkdir(parents=True)
    (shards / "in-00000.jsonl").write_text("a piece")
    return rows, shards.parent


def test_what_a_failed_evolution_left_goes_with_it_whichever_way_it_is_deleted(tmp_path: Path):
    bucket = tmp_path / "bucket"
    slack, terminal = Place("T1", "C1", "public"), Place("", "", "terminal")
    with Store(tmp_path / "home") as store:
        large = LargeData(address_of(f"file://{bucket}", "out"))
        store.eraser.reach(OutsideStore(store, local_exchange(store), large))
        own = {"shard_rows": 5, "shard_address": str(bucket / "r-typed"), "shard_host": "here"}
        gone = []
        for run_id, place, request in (
            ("r-asked", slack, {}),
            ("r-aged", slack, {}),
            ("r-typed", terminal, own),
            ("r-stays", slack, {}),
        ):
            at = 1.0 if run_id != "r-stays" else 9e9
            store.runs.create(evolution(run_id, at, place, **request))
            store.runs.set_status(run_id, "done", at=at)
            paths = left_behind(store.folder, bucket, run_id)
            gone += paths if run_id != "r-stays" else ()
        store.eraser.erase("r-asked", Viewer("U1", "T1"))
        assert store.eraser.older_than(30).runs == 2
        assert [path for path in gone if path.exists()] == []
        assert (bucket / "r-stays").is_dir()
        assert evolved_rows(store.folder, "r-stays").exists()


def test_what_is_out_of_reach_keeps_its_run_and_no_other_from_being_deleted(tmp_path: Path):
    class Unreachable(OutsideStore):
        def erase(self, run_id: str) -> None:
            if run_id == "r-far":
                raise StorageError("The bucket cannot be reached.", "Check the credentials.")
            super().erase(run_id)

    with Store(tmp_path) as store:
        store.eraser.reach(Unreachable(store, local_exchange(store), LargeData()))
        for run_id in ("r-far", "r-near"):
            store.runs.create(evolution(run_id, 1.0, Place("T1", "C1", "public")))
        erased = store.eraser.older_than(30)
        assert (erased.runs, erased.left) == (1, 1)
        with pytest.raises(StorageError, match="bucket"):
            store.eraser.erase("r-far", OWNER)
        assert store.runs.get("r-far").status == "done"
        store.eraser.reach(OutsideStore(store, local_exchange(store), LargeData()))
        assert store.eraser.older_than(30).runs == 1


def test_a_run_that_a_terminal_works_on_is_not_deleted_under_its_hands(tmp_path: Path):
    with Store(tmp_path) as store:
        store.eraser.reach(OutsideStore(store, local_exchange(store), LargeData()))
        store.runs.create(evolution("r-busy", 1.0, Place("", "", "terminal")))
        lock = evolved_rows(tmp_path, "r-busy").with_suffix(".lock")
        lock.parent.mkdir()
        with held(lock), pytest.raises(InputError, match="under way"):
            store.eraser.erase("r-busy", OWNER)
        assert store.eraser.erase("r-busy", OWNER).runs == 1
        assert list(lock.parent.iterdir()) == []


def test_paid_answers_go_from_the_shared_database_too(postgres: str, tmp_path: Path):
    with Store(tmp_path / "data") as store, open_shared(postgres, store, 60.0) as shared:
        for run_id in ("r-named", "r-aged", "r-stays"):
            ended = time.time() if run_id == "r-stays" else 1.0
            store.runs.create(evolution(run_id, ended, Place("T1", "C1", "public")))
            store.runs.set_status(run_id, "done", at=ended)
            shared.exchange.hand_over(store.runs.get(run_id), store)
            record(shared.exchange, run_id, run_id)
            shared.exchange.forget(run_id)
    away = "postgresql://nobody@127.0.0.1:9/nothing"
    for command in (("delete", "r-named", "--yes"), ("retention", "--days", 30)):
        code, _, err = promptbeam(tmp_path, *command, DATABASE_URL=away)
        assert code == 1, "nothing is deleted while the shared database is away"
        assert "cannot be reached" in err
        code, said, err = promptbeam(tmp_path, *command, DATABASE_URL=postgres)
        assert code == 0, err
        assert "Deleted 1 runs" in said
    with psycopg.connect(postgres) as connection:
        for table in ("calls WHERE run_id", "runs WHERE id"):
            found = connection.execute(f"SELECT 1 FROM promptbeam.{table} <> 'r-stays'").fetchall()
            assert found == [], table
        assert connection.execute("SELECT run_id FROM promptbeam.calls").fetchall() == [("r-stays",)]
