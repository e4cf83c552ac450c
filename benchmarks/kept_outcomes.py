"""Outcomes of searches on disk, so that a long benchmark can be cut into parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, astuple
from pathlib import Path

from benchmarks.contest import Outcome
from benchmarks.contestants import Job, play
from benchmarks.tasks import ROOT

_PLAYED_BY = (
    "optimizer",
    "sandbox/model",
    "benchmarks/peers",
    "benchmarks/contest.py",
    "benchmarks/contestants.py",
    "benchmarks/model_inside.py",
    "benchmarks/public_tasks.py",
)
"""What an outcome hangs on: any change in here, and every search is played anew."""


def kept(job: Job, folder: Path, play: Callable[[Job], Outcome] = play) -> Outcome:
    """Return the outcome of a job out of ``folder``; play it, and keep it there, when it is not there.

    A failure is returned and not kept.
    """
    path = folder / f"{hashlib.sha256(json.dumps(astuple(job)).encode()).hexdigest()[:24]}.json"
    if path.exists():
        data = json.loads(path.read_text("utf-8"))
        return Outcome(**data | {"curve": tuple((at, pool, held) for at, pool, held in data["curve"])})
    outcome = play(job)
    if not outcome.failure:
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(outcome)), "utf-8")
        part.replace(path)
    return outcome


def folder_of_this_code() -> Path:
    """Return the folder for outcomes of exactly this code; ask once, before the first search."""
    digest = hashlib.sha256()
    for name in _PLAYED_BY:
        place = ROOT / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return ROOT / ".promptbeam" / "outcomes" / digest.hexdigest()[:16]
