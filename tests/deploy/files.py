"""The files of deploy/, read, and what the code says that they must agree with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "promptbeam"
DOCKERFILE = DEPLOY / "Dockerfile"
COMPOSE = DEPLOY / "docker-compose.yml"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PARKING_SECONDS = 30
"""What the bot may take to park its runs; whoever stops it has to wait longer."""
_VARIABLE = re.compile(r'"([A-Z][A-Z0-9]*_[A-Z0-9_]+|PORT)"')


def settings_of_the_code() -> frozenset[str]:
    """Every name that looks like an environment variable and stands in quotes somewhere in the product."""
    found: set[str] = set()
    for room in ("bot", "optimizer", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            found |= set(_VARIABLE.findall(path.read_text()))
    return frozenset(found)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: name and arguments, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()
    ]


def compose() -> dict[str, Any]:
    """The compose file with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Sections of a unit file: key -> its values in order."""
    sections: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            sections[section] = {}
        elif line and not line.startswith("#"):
            key, separator, value = line.partition("=")
            assert separator, line
            sections[section].setdefault(key, []).append(value)
    return sections


def assigned(values: list[str]) -> dict[str, str]:
    """The variables of ``Environment=`` lines."""
    return dict(word.split("=", 1) for line in values for word in line.split())
