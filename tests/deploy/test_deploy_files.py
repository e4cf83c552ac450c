"""The files of deploy/ name what exists: settings, ports, paths, commands, and times that are long enough."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.cli.main import COMMANDS
from bot.health.metrics import Metrics
from bot.health.settings import HEALTH_PORT, HealthSettings
from bot.health.side_server import ALIVE, METRICS, READY
from bot.health.stored_figures import StoredFigures
from storage.exchange import local_exchange
from storage.store import Store
from tests.deploy.files import (
    CHART,
    COMPOSE,
    DEPLOY,
    DOCKERFILE,
    PARKING_SECONDS,
    ROOT,
    UNITS,
    assigned,
    compose,
    instructions,
    settings_of_the_code,
    unit,
)

OF_OTHERS = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR", "PATH"}
"""Variables of Python and its libraries."""
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
TEMPLATES = sorted((CHART / "templates").iterdir())


def test_the_image_copies_only_what_exists_and_what_the_builder_is_given():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    given = {line[1:] for line in ignored if line.startswith("!")}
    copied = [
        name
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    ]
    assert {"requirements.lock", "bot", "storage", "optimizer"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name in given, f"{name} is kept from the builder by .dockerignore"
    assert "*" in ignored, "nothing else reaches the builder, so no .env and no data"
    assert ".env" not in given


def test_the_image_runs_without_rights_and_is_asked_how_it_is_where_it_answers():
    words = instructions()
    last = dict(words[max(i for i, (word, _) in enumerate(words) if word == "FROM") :])
    assert last["USER"] == "10001:10001"
    assert json.loads(last["ENTRYPOINT"]) == ["promptbeam"], "in this form it is process 1 and hears SIGTERM"
    assert json.loads(last["CMD"]) == ["bot"]
    assert last["STOPSIGNAL"] == "SIGTERM"
    env = dict(re.findall(r"(\w+)=(\S+)", last["ENV"]))
    assert env.keys() - OF_OTHERS <= settings_of_the_code()
    assert last["VOLUME"] == env["PROMPTBEAM_DATA"] == last["WORKDIR"]
    health = HealthSettings.from_env(env)
    assert (health.host, health.port) == ("0.0.0.0", HEALTH_PORT)
    assert str(HEALTH_PORT) in last["EXPOSE"].split()
    check = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    assert check[:2] == ["promptbeam", "health"]
    assert check[1] in COMMANDS
    assert "requirements.lock" in DOCKERFILE.read_text()


def test_compose_starts_what_exists_with_settings_that_exist():
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert ours.keys() == {"bot", "worker"}
    for name, service in ours.items():
        assert service["command"] == [name]
        assert name in COMMANDS
        assert set(service["environment"]) <= settings_of_the_code()
        assert (COMPOSE.parent / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).exists()
        assert int(service["stop_grace_period"].removesuffix("s")) > PARKING_SECONDS
        assert service["read_only"]
        health = HealthSettings.from_env(service["environment"])
        assert (health.host, health.port) == ("0.0.0.0", HEALTH_PORT)
    assert services["bot"]["ports"] == [f"127.0.0.1:{HEALTH_PORT}:{HEALTH_PORT}"]
    assert "profiles" not in services["bot"], "the bot starts without any profile"
    assert all(services[name]["profiles"] == ["shared"] for name in ("worker", "postgres", "chroma"))
    assert set(services["postgres"]["environment"]) == OF_POSTGRES
    assert not [
        name for name, value in services["worker"]["environment"].items() if "TOKEN" in name and value
    ]
    locked = re.search(r"^chromadb==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert locked is not None
    assert services["chroma"]["image"].endswith(f":{locked[1]}"), "server and client are of one version"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_a_command_and_wait_longer_than_parking_takes(path: Path):
    service = unit(path)["Service"]
    (start,) = service["ExecStart"]
    program, command = start.split()
    assert Path(program).name == "promptbeam"
    assert command in COMMANDS
    assert int(service["TimeoutStopSec"][0].removesuffix("s")) > PARKING_SECONDS
    assert service["KillSignal"] == ["SIGTERM"]
    assert service["DynamicUser"] == ["yes"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["EnvironmentFile"] == [f"/etc/promptbeam/{command}.env"]
    env = assigned(service["Environment"])
    assert env.keys() - OF_OTHERS <= settings_of_the_code()
    assert env.get("PROMPTBEAM_DATA", "/var/lib/promptbeam") == "/var/lib/promptbeam"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path: Path):
    made = []
    for path in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        made.append(tmp_path / path.name.replace("@", "@9471"))
        made[-1].write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *made], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def values(**changes: Any) -> dict[str, Any]:
    return {**yaml.safe_load((CHART / "values.yaml").read_text()), "existingSecret": "keys", **changes}


def test_the_charts_values_fit_their_schema_and_mistakes_do_not():
    check = Draft7Validator(json.loads((CHART / "values.schema.json").read_text()))
    assert list(check.iter_errors(values())) == []
    for wrong in (
        {"existingSecret": ""},
        {"terminationGracePeriodSeconds": PARKING_SECONDS},
        {"enviroment": {}},
        {"env": {"lower-case": "x"}},
        {"http": {"enabled": True, "port": 80}},
    ):
        assert list(check.iter_errors(values(**wrong))), wrong


def test_the_chart_names_settings_ports_and_paths_of_the_code():
    text = "\n".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r"\b((?:PROMPTBEAM|SLACK|BOT)_[A-Z_]+|PORT)\b", text))
    assert {"PROMPTBEAM_DATA", "PROMPTBEAM_HEALTH_HOST", "SLACK_BOT_TOKEN"} <= named
    assert named <= settings_of_the_code()
    assert set(re.findall(r"path: (/\w+)", text)) == {ALIVE, READY, METRICS}
    assert set(re.findall(r"containerPort: (\d+)", text)) == {str(HEALTH_PORT)}
    assert f'PROMPTBEAM_HEALTH_PORT: "{HEALTH_PORT}"' in text
    assert set(re.findall(r"args: \[(\w+)\]", text)) == {"bot", "worker"}
    assert values()["terminationGracePeriodSeconds"] > PARKING_SECONDS
    assert "runAsUser: 10001" in text, "the user that the image has"
    assert "readOnlyRootFilesystem: true" in text


HELM = shutil.which("helm")


def rendered(**changes: str) -> list[dict[str, Any]]:
    """What helm makes of the chart."""
    given = [
        f"--set={name.replace('__', '.')}={value}"
        for name, value in {"existingSecret": "keys", **changes}.items()
    ]
    done = subprocess.run(
        [str(HELM), "template", "team", str(CHART), *given], capture_output=True, text=True, check=True
    )
    return [one for one in yaml.safe_load_all(done.stdout) if one]


@pytest.mark.skipif(HELM is None, reason="helm is not installed")
def test_helm_renders_one_bot_and_as_many_workers_as_asked():
    alone = {one["metadata"]["name"]: one for one in rendered() if one["kind"] == "Deployment"}
    assert list(alone) == ["team-promptbeam-bot"]
    assert alone["team-promptbeam-bot"]["spec"]["replicas"] == 1
    assert alone["team-promptbeam-bot"]["spec"]["strategy"] == {"type": "Recreate"}
    more = rendered(workers__enabled="true", workers__replicas="5", http__enabled="true")
    deployments = {one["metadata"]["name"]: one for one in more if one["kind"] == "Deployment"}
    assert deployments["team-promptbeam-worker"]["spec"]["replicas"] == 5
    (service,) = [one for one in more if one["kind"] == "Service"]
    bot = deployments["team-promptbeam-bot"]["spec"]["template"]
    assert service["spec"]["selector"].items() <= bot["metadata"]["labels"].items()
    assert {port["name"] for port in bot["spec"]["containers"][0]["ports"]} == {"health", "slack"}


def test_no_file_of_deploy_holds_what_looks_like_a_secret():
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            assert not re.search(r"xox[bpae]-\w|xapp-\d|sk-\w{8}", path.read_text()), path


def test_every_metric_is_documented_and_the_other_way_round(tmp_path: Path):
    with Store(tmp_path) as store:
        metrics = Metrics()
        metrics.registry.register(StoredFigures(store.database, local_exchange(store)))
        shown = {
            f"{family.name}_total" if family.type == "counter" else family.name
            for family in metrics.registry.collect()
        }
    gauges = set()
    for path in (ROOT / "bot").rglob("*.py"):
        gauges |= set(re.findall(r'"(promptbeam_[a-z_]+)"', path.read_text()))
    whole = {name for name in shown if not name.startswith("process_")} | {
        name for name in gauges if not {name, f"{name}_total"} & shown and name != "promptbeam_post"
    }
    documented = set(re.findall(r"^\| `(promptbeam_\w+)`", (DEPLOY / "README.md").read_text(), re.MULTILINE))
    assert documented == whole


def test_the_deployers_page_names_what_exists():
    text = (DEPLOY / "README.md").read_text()
    for line in re.findall(r"--set ([^\s`]+)", text):
        for one in line.split(","):
            name = one.partition("=")[0]
            known: Any = values()
            for part in name.split("."):
                assert part in known or known == {}, name
                known = known.get(part, {})
    for command in re.findall(r"`promptbeam (\w+)`", text):
        assert command in COMMANDS
    for path in (ALIVE, READY, METRICS):
        assert f"`{path}`" in text
    assert str(HEALTH_PORT) in text
