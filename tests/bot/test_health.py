"""The side server's parts: when a process is ready, what it answers, what it counts and what it never tells."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.cli.main import cli
from bot.health.database_check import database_check
from bot.health.metrics import Metrics
from bot.health.model_meters import MeteredJournal
from bot.health.readiness import Readiness
from bot.health.settings import HEALTH_HOST, HEALTH_PORT, HealthSettings
from bot.health.side_server import side_server
from bot.health.stored_figures import StoredFigures
from optimizer.errors import ConfigError
from optimizer.model.protocol import JournalEntry, ModelAnswer
from storage.exchange import local_exchange
from storage.store import Store
from tests.service.lone_service import stored_run

ANY_PORT = HealthSettings(port=0, chosen=True)


def test_a_process_is_not_ready_until_it_is_watched_and_says_why():
    readiness = Readiness()
    assert readiness.reasons() == ("it is starting",)
    readiness.hold("another bot is at work")
    assert readiness.reasons() == ("another bot is at work",)
    wrong: list[str] = []
    readiness.watch(lambda: "".join(wrong), lambda: "")
    assert readiness.reasons() == ()
    wrong.append("there is no connection to Slack")
    assert readiness.reasons() == ("there is no connection to Slack",)
    readiness.hold("it is stopping")
    assert readiness.reasons() == ("it is stopping",)


def test_a_check_that_hangs_or_breaks_is_an_answer_and_is_not_asked_again_meanwhile():
    go_on, asked = threading.Event(), []

    def hang() -> str:
        asked.append(1)
        go_on.wait(30)
        return ""

    readiness = Readiness(patience=0.05)
    readiness.watch(hang)
    for _ in range(3):
        assert "does not come back" in readiness.reasons()[0]
    assert len(asked) == 1
    go_on.set()

    def broken() -> str:
        raise RuntimeError("postgresql://user:password@host")

    readiness = Readiness()
    readiness.watch(broken)
    assert readiness.reasons() == ("a check failed (RuntimeError)",)


def test_the_side_server_answers_its_three_paths_and_nothing_else():
    readiness, metrics = Readiness(), Metrics()
    with side_server(ANY_PORT, readiness, metrics) as port:
        base = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{base}/healthz").text == "ok\n"
        assert httpx.get(f"{base}/readyz").status_code == 503
        readiness.watch()
        answer = httpx.get(f"{base}/readyz?verbose=1")
        assert (answer.status_code, answer.text) == (200, "ready\n")
        assert httpx.head(f"{base}/readyz").status_code == 200
        shown = httpx.get(f"{base}/metrics")
        assert shown.headers["content-type"].startswith("text/plain; version=")
        assert "promptbeam_slack_acknowledgement_seconds_bucket" in shown.text
        assert httpx.get(f"{base}/").status_code == 404
        assert httpx.post(f"{base}/readyz").status_code == 501


def test_a_port_that_somebody_chose_and_another_has_is_an_error_and_the_usual_one_is_done_without():
    with side_server(ANY_PORT, Readiness(), Metrics()) as port:
        with (
            pytest.raises(ConfigError, match="PROMPTBEAM_HEALTH_PORT"),
            side_server(HealthSettings(port=port, chosen=True), Readiness(), Metrics()),
        ):
            pass
        with side_server(HealthSettings(port=port), Readiness(), Metrics()) as none:
            assert none == 0
    with side_server(HealthSettings(port=None), Readiness(), Metrics()) as none:
        assert none == 0


def test_the_address_is_this_machine_alone_unless_it_is_set():
    assert HealthSettings.from_env({}) == HealthSettings(HEALTH_HOST, HEALTH_PORT, chosen=False)
    assert HEALTH_HOST == "127.0.0.1"
    given = {"PROMPTBEAM_HEALTH_HOST": "0.0.0.0", "PROMPTBEAM_HEALTH_PORT": "8080"}
    assert HealthSettings.from_env(given) == HealthSettings("0.0.0.0", 8080, chosen=True)
    assert HealthSettings.from_env({"PROMPTBEAM_HEALTH_PORT": "off"}).port is None
    for wrong in ("http", "-1", "65536"):
        with pytest.raises(ConfigError, match="PROMPTBEAM_HEALTH_PORT"):
            HealthSettings.from_env({"PROMPTBEAM_HEALTH_PORT": wrong})


def test_the_health_command_says_what_the_process_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    readiness = Readiness()
    with side_server(ANY_PORT, readiness, Metrics()) as port:
        monkeypatch.setenv("PROMPTBEAM_HEALTH_PORT", str(port))
        monkeypatch.setenv("PROMPTBEAM_HEALTH_HOST", "0.0.0.0")
        not_yet = CliRunner().invoke(cli, ["health"])
        assert (not_yet.exit_code, not_yet.output) == (1, "it is starting\n")
        assert CliRunner().invoke(cli, ["health", "--alive"]).output == "ok\n"
        readiness.watch()
        assert CliRunner().invoke(cli, ["health"]).output == "ready\n"
    gone = CliRunner().invoke(cli, ["health"])
    assert gone.exit_code == 1
    assert "Nobody answers" in gone.output


def test_a_database_that_cannot_be_read_is_told_without_its_path(tmp_path: Path):
    with Store(tmp_path) as store:
        check = database_check(store.database, "the database cannot be read")
        assert check() == ""
    assert check() == "the database cannot be read"


def test_runs_are_counted_by_kind_and_status_and_a_closed_database_leaves_a_gap(tmp_path: Path):
    metrics = Metrics()
    value = metrics.registry.get_sample_value
    with Store(tmp_path) as store:
        metrics.registry.register(StoredFigures(store.database, local_exchange(store)))
        for run_id, status in (("r-1", "queued"), ("r-2", "running"), ("r-3", "running"), ("r-4", "failed")):
            store.runs.create(stored_run(run_id, "U1"))
            store.runs.set_status(run_id, status)  # type: ignore[arg-type]
        assert value("promptbeam_runs", {"kind": "optimize", "status": "failed"}) == 1
        assert value("promptbeam_queue_length") == 1
        assert value("promptbeam_runs_under_way") == 2
        assert value("promptbeam_workers_alive") == 0
    assert value("promptbeam_queue_length") is None


class _Kept:
    """A journal in memory."""

    def __init__(self) -> None:
        self.entries: dict[str, JournalEntry] = {}

    def find(self, key: str) -> JournalEntry | None:
        return self.entries.get(key)

    async def record(self, entry: JournalEntry) -> None:
        self.entries[entry.key] = entry


async def test_the_journals_meter_counts_what_was_paid_and_names_only_models_of_the_settings():
    metrics = Metrics()
    journal = MeteredJournal(_Kept(), metrics, {"openai:small"})
    for number, model in enumerate(("openai:small", "openai:small", "somebody's own words")):
        answer = ModelAnswer("text", 100, 7, cost=None if number else 0.25)
        await journal.record(JournalEntry(f"k{number}", "r-1", model, "task", answer))
    assert journal.find("k0") is not None
    assert journal.find("new") is None
    value = metrics.registry.get_sample_value
    assert value("promptbeam_model_calls_total", {"model": "openai:small"}) == 2
    assert value("promptbeam_model_calls_total", {"model": "other"}) == 1
    assert value("promptbeam_model_tokens_total", {"model": "openai:small", "direction": "input"}) == 200
    assert value("promptbeam_model_tokens_total", {"model": "openai:small", "direction": "output"}) == 14
    assert value("promptbeam_model_cost_usd_total", {"model": "openai:small"}) == 0.25
    assert value("promptbeam_model_calls_repeated_total") == 1
