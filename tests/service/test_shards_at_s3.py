"""Large data from and to an S3-compatible server (moto's): killed and resumed, complete, in order, deleted again."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sandbox.model.runner import RunningModel
from tests.instructions.files import jsonl
from tests.service.processes import environment, process
from tests.service.test_shards import ROWS, wait

BUCKET = "prompts"
SECRET = "never-to-be-seen"
OPTIONS = ("--steps", "0", "--holdout", "0", "--shard-rows", "12")


@pytest.fixture
def s3() -> Iterator[dict[str, str]]:
    """What processes need in their environment to reach a server with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server.stop()


def test_rows_from_a_bucket_to_a_bucket_survive_a_kill_and_go_with_their_run(
    model: RunningModel, s3: dict[str, str], tmp_path: Path
):
    bucket = boto3.resource(
        "s3",
        endpoint_url=s3["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="someone",
        aws_secret_access_key=SECRET,
    ).create_bucket(Bucket=BUCKET)
    rows = [{**row, "id": str(number)} for number, row in enumerate(ROWS[:60])]
    bucket.put_object(Key="in/rows.jsonl", Body=jsonl(rows))

    def there(start: str = "") -> list[str]:
        return sorted(one.key for one in bucket.objects.filter(Prefix=start))

    def parts() -> int:
        return sum(name.endswith(".json") and "/part-" in name for name in there("out/parts-"))

    env = environment(model, PROMPTBEAM_CONCURRENCY="4", **s3)
    model.control(hold_after=40)
    arguments = ("evolve", f"s3://{BUCKET}/in/rows.jsonl", *OPTIONS, "--out", f"s3://{BUCKET}/out")
    with process(tmp_path, env, *arguments) as run:
        wait(lambda: parts() >= 2, 60, "parts")
        run._process.send_signal(signal.SIGKILL)
        run._process.wait(30)
    model.control(hold_after=-1)
    run_id = next((tmp_path / ".promptbeam" / "evolved").glob("r-*.jsonl")).stem
    with process(tmp_path, env, "evolve", "--resume", run_id, "--out", f"s3://{BUCKET}/out") as run:
        assert run._process.wait(120) == 0, run.said
    assert model.stats()["repeated"] <= 2 * 4, "no more than what was in flight is paid twice"
    results = (
        "evolved.jsonl",
        "evolved.parquet",
        "failed.jsonl",
        "failure_rates.png",
        "method.txt",
        "report.json",
    )
    assert there("out/") == [f"out/{name}" for name in results], "pieces and parts are cleared away"
    got = [json.loads(line) for line in bucket.Object("out/evolved.jsonl").get()["Body"].read().splitlines()]
    assert [row["id"] for row in got] == [row["id"] for row in rows]
    failed = bucket.Object("out/failed.jsonl").get()["Body"].read().splitlines()
    assert 34 in [json.loads(line)["row"] for line in failed], "the empty instruction is reported by its row"
    bucket.put_object(Key="out/method.txt", Body=b"My own words by now.")
    with process(tmp_path, env, "delete", run_id, "--yes") as delete:
        assert delete._process.wait(60) == 0, delete.said
    assert there() == ["in/rows.jsonl", "out/method.txt"], "what somebody changed is theirs"
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
