"""The files of a finished run: the prompt alone, the report, the plot, and what changed by section."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.changes_page import changes_page
from bot.plots import score_plot
from optimizer.events import Event
from optimizer.run import Result


def write_results(
    folder: Path, result: Result, report: Mapping[str, Any], events: Sequence[Event]
) -> list[Path]:
    """Write ``prompt.txt`` (the final prompt to the letter), ``report.json`` and ``scores.png``; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompt.txt").write_bytes(result.final_prompt.encode("utf-8", "replace"))
    write_report(folder, report)
    (folder / "scores.png").write_bytes(score_plot(events))
    return [folder / name for name in ("prompt.txt", "report.json", "scores.png")]


def write_report(folder: Path, report: Mapping[str, Any], name: str = "report.json") -> None:
    """Write ``report`` as readable JSON."""
    (folder / name).write_text(
        json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="replace"
    )


def write_comparison(folder: Path, report: Mapping[str, Any], plot: bytes) -> None:
    """Write ``compare.json`` and ``compare.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_report(folder, report, "compare.json")
    (folder / "compare.png").write_bytes(plot)


def write_changes(folder: Path, result: Result, events: Sequence[Event]) -> list[Path]:
    """Write ``changes.md``: the verdict, and section by section what changed and why; return its path."""
    path = folder / "changes.md"
    path.write_text(changes_page(result, events), encoding="utf-8", errors="replace")
    return [path]
