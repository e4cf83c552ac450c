"""``promptbeam evolve`` from and to addresses: the same rows, no credentials kept, nothing left after a deletion."""

import json
import sqlite3

import pytest

from tests.cli.terminal import promptbeam
from tests.cli.test_kill_and_resume import stored_run
from tests.instructions.files import jsonl

ROWS = [{"instruction": f"Explain how thing number {n} is used.", "output": ""} for n in range(40)]
OPTIONS = ("--simulated", "--steps", 0, "--holdout", 0)
SECRET = "SECRETKEY123"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(jsonl(ROWS))
    return path


def test_data_and_results_at_addresses_are_what_they_are_in_folders(tmp_path, data):
    code, _, err = promptbeam(tmp_path, "evolve", data, *OPTIONS, "--out", "here")
    assert code == 0, err
    (tmp_path / "data" / "promptbeam.sqlite").unlink()
    there = f"file://{tmp_path}/bucket/result"
    code, _, err = promptbeam(
        tmp_path, "evolve", f"file://{data}", *OPTIONS, "--out", there, "--shard-rows", 7, "--json"
    )
    assert code == 0, err
    result = tmp_path / "bucket" / "result"
    assert sorted(path.name for path in result.iterdir()) == sorted(
        path.name for path in (tmp_path / "here").iterdir()
    )
    for name in ("method.txt", "evolved.jsonl", "evolved.parquet", "failed.jsonl"):
        assert (result / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name
    assert len((result / "evolved.jsonl").read_bytes().splitlines()) == len(ROWS)


@pytest.mark.parametrize(
    ("given", "out"),
    [
        (f"s3://AKIA:{SECRET}@bucket/rows.jsonl", "res"),
        ("rows.jsonl", f"s3://AKIA:{SECRET}@bucket/res"),
        (f"https://host/rows.jsonl?X-Amz-Signature={SECRET}", "res"),
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(tmp_path, data, given, out):
    code, said, err = promptbeam(tmp_path, "evolve", given, *OPTIONS, "--out", out)
    assert code == 2
    assert "environment" in err
    assert SECRET not in said + err
    with sqlite3.connect(tmp_path / "data" / "promptbeam.sqlite") as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_an_address_where_nothing_is_or_that_needs_a_package_says_so(tmp_path, data):
    code, _, err = promptbeam(tmp_path, "evolve", f"file://{tmp_path}/nothing.jsonl", *OPTIONS)
    assert code == 2
    assert "There is nothing at" in err
    code, _, err = promptbeam(tmp_path, "evolve", "abfs://container/rows.jsonl", *OPTIONS)
    assert code == 2
    assert "package that is not installed" in err


def test_a_deleted_run_leaves_no_rows(tmp_path, data):
    code, _, err = promptbeam(tmp_path, "evolve", data, *OPTIONS, "--shard-rows", 10)
    assert code == 0, err
    run_id = stored_run(tmp_path)
    rows = tmp_path / "data" / "evolved" / f"{run_id}.jsonl"
    assert json.loads(rows.read_bytes().splitlines()[-1])["row"] == len(ROWS)
    code, said, err = promptbeam(tmp_path, "delete", run_id, "--yes")
    assert code == 0, err
    assert not rows.exists()
    assert "Deleted 1 runs" in said
