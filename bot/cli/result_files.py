"""The files of a finished run: the prompt alone, the report, the plot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.plots import score_plot
from optimizer.events import Event
from optimizer.run import Result


def write_results(
    folder: Path, result: Result, report: Mapping[str, Any], events: Sequence[Event]
) -> list[Path]:
    """Write ``prompt.txt`` (the final prompt to the letter), ``report.json`` and ``scores.png``; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prompt.txt").write_bytes(result.final_prompt.encode("utf-8", "replace"))
    (folder / "report.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="replace"
    )
    (folder / "scores.png").write_bytes(score_plot(events))
    return [folder / name for name in ("prompt.txt", "report.json", "scores.png")]
