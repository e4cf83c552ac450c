"""Data too large for Slack: named in the form, read from and written to the folder that the operator has set up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.background.large_data import LargeData
from bot.config import BotSettings
from bot.slack.evolve_form import DATA, NAMED
from optimizer.errors import ConfigError
from optimizer.instructions.address import address_of
from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed, SeedChannel, SeedUser
from storage.visibility import Viewer
from tests.bot.office import Office, bot_at_work, run_id_of, settings_for, shown
from tests.instructions.files import jsonl

ROWS = [
    {
        "instruction": f"Explain how thing number {n} is used." if n != 5 else "",
        "output": "",
        "id": f"row-{n}",
    }
    for n in range(24)
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the data; beside it is a file that is nobody's business."""
    folder = tmp_path_factory.mktemp("lake") / "data"
    folder.mkdir()
    for path in (folder / "tasks.jsonl", folder.parent / "secret.jsonl"):
        path.write_bytes(jsonl(ROWS))
    return folder


@pytest.fixture(scope="module")
def office(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A bot with that folder, and with shards, in a workspace with a guest."""
    base, home = Seed(), tmp_path_factory.mktemp("home")
    seed = replace(
        base,
        users=(*base.users, SeedUser("U00000GINA1", "gina", is_guest=True)),
        channels=(*base.channels, SeedChannel("C0LOBBY0001", "lobby", ("alice", "gina", "promptbeam"))),
    )
    large = LargeData(address_of(str(home / "shards"), "out"), 5, address_of(f"file://{lake}", "out"))
    with (
        RunningModel() as model,
        RunningWorkspace(Options(rate_limits=False, seed=seed)) as workspace,
        bot_at_work(settings_for(workspace, model, home, large=large)) as (bot, store),
    ):
        workspace.wait_for_app()
        yield Office(workspace, model, bot, store)


def evolve(office: Office, user: str = "alice", channel: str = "prompts", **values: Any) -> dict[str, Any]:
    office.workspace.slash(user, channel, "/evolve")
    office.window(user, "the name of a large file")
    answer: dict[str, Any] = office.workspace.submit(user, {"effort": "none", **values})
    return answer


def test_a_file_of_the_folder_is_evolved_in_shards_into_the_folder_and_goes_with_its_run(
    office: Office, lake: Path
):
    assert evolve(office, named="tasks.jsonl") == {}
    final = office.says("Files below")
    assert "23 of 24 rows evolved" in shown(final)
    run_id = run_id_of(office.says("Go to the result"))
    assert office.ended(run_id) == "done"
    result = lake / "evolved" / run_id
    assert str(result) in shown(final)
    rows = [json.loads(line) for line in (result / "evolved.jsonl").read_bytes().splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in ROWS]
    failed = [json.loads(line)["row"] for line in (result / "failed.jsonl").read_bytes().splitlines()]
    assert 6 in failed
    assert (result / "evolved.parquet").exists()
    names = {
        file["name"]
        for message in office.thread({"ts": final["thread_ts"]})
        for file in message.get("files", ())
    }
    assert names == {"method.txt", "report.json"}
    assert office.store.runs.file_names(run_id) == (), "nothing of the data is kept in the database"
    office.store.eraser.erase(run_id, Viewer(office.workspace.user_id("alice"), "T0SANDBOX1"))
    assert not result.exists()
    assert (lake / "tasks.jsonl").exists()


@pytest.mark.parametrize(
    "name", ["../secret.jsonl", "/etc/passwd", "..", ".hidden.jsonl", "s3://b/x.jsonl", "x\\y.jsonl", "tasks"]
)
def test_only_names_of_data_in_the_folder_are_taken(office: Office, name: str):
    assert "name of a file in that folder" in evolve(office, named=name)["errors"][NAMED]


def test_one_kind_of_data_is_enough(office: Office):
    assert "Keep one" in evolve(office, named="tasks.jsonl", pasted="One more.")["errors"]["pasted"]


def test_a_file_that_is_not_there_is_told_in_the_thread(office: Office):
    office = office.from_now()
    assert evolve(office, named="nothing.jsonl") == {}
    office.says("There is nothing at")


def test_a_guest_is_not_let_at_the_folder(office: Office):
    answer = evolve(office, "gina", "lobby", named="tasks.jsonl")
    assert "Only members of the workspace" in answer["errors"][DATA]


def test_several_workspaces_cannot_share_one_folder():
    env = {
        "BOT_MODE": "http",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "s",
        "SLACK_REDIRECT_URI": "https://bot.example.com/slack/oauth_redirect",
        "SLACK_SIGNING_SECRET": "s",
        "PROMPTBEAM_TASK_MODEL": "m",
        "PROMPTBEAM_DATA_ADDRESS": "s3://bucket/data",
    }
    with pytest.raises(ConfigError, match="PROMPTBEAM_DATA_ADDRESS is for one workspace"):
        BotSettings.from_env(env)
