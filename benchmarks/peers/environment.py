"""The peers' own environment: a venv with pinned packages, made once under the cache folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.tasks import ROOT

FOLDER = ROOT / ".promptbeam" / "bench-env"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def peer_python() -> tuple[Path | None, str]:
    """Return the environment's interpreter and "", or None and why it could not be made."""
    python = FOLDER / "bin" / "python"
    done = FOLDER / "installed.txt"
    wanted = REQUIREMENTS.read_text("utf-8")
    if done.exists() and done.read_text("utf-8") == wanted:
        return python, ""
    for command in (
        [sys.executable, "-m", "venv", str(FOLDER)],
        [str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            told = getattr(error, "stderr", "") or str(error)
            return None, told.strip().splitlines()[-1][:200]
    done.write_text(wanted, "utf-8")
    return python, ""


def pinned() -> dict[str, str]:
    """Return package -> version of the peers."""
    lines = REQUIREMENTS.read_text("utf-8").split()
    return dict(line.split("==") for line in lines)
