"""Running the real ``promptbeam`` command in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.warm import Command

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TICKETS = (EXAMPLES / "support-tickets" / "prompt.txt", EXAMPLES / "support-tickets" / "tickets.csv")


def environment(folder, **more):
    """An environment without keys or tokens; data goes below ``folder``."""
    foreign = ("OPENAI_", "SLACK_", "PROMPTBEAM_", "BOT_", "CHROMA_", "RETENTION_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return env | {"PROMPTBEAM_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"} | more


def start(folder, *arguments, **env):
    """Start the command in ``folder``, without its imports; its output goes to pipes."""
    return Command(tuple(map(str, arguments)), folder=folder, env=environment(folder, **env))


def promptbeam(folder, *arguments, **env):
    """Run the command to its end, without its imports; returns (exit code, standard output, standard error)."""
    process = start(folder, *arguments, **env)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def cold_promptbeam(folder, *arguments, **env):
    """As ``promptbeam``, from the start of Python, as a person runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", *map(str, arguments)],
        cwd=folder,
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def report_of(out):
    """Parse what ``--json`` printed."""
    return json.loads(out)
