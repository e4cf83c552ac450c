"""Runs of the kind ``evolve``: instruction data in, the best evolving method and the evolved data out."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.background.evolve_request import EvolveRequest
from bot.background.run_files import RunFiles
from bot.background.run_work import Means
from optimizer.config import Budget
from optimizer.errors import InputError
from optimizer.events import Event
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import EvolveResult, run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.examples.decoding import decode_text
from optimizer.instructions.open import open_instructions
from optimizer.instructions.sinks import export_rows, open_sink
from storage.runs import RunRecord
from storage.store import Store

RESULT = "result/"
"""Where the evolved data stands among a run's files."""
EVOLVED = "evolved.jsonl"


@dataclass(frozen=True, slots=True)
class EvolveMaterial:
    """An evolution's task, with the folder in which its data lies while this process works on it.

    The folder may be lost: the rows are written anew then, from answers that the journal has.
    """

    task: EvolveTask
    folder: tempfile.TemporaryDirectory[str]

    @property
    def path(self) -> Path:
        """The folder as a path."""
        return Path(self.folder.name)


class EvolveWork:
    """Implements ``RunWork``; ``budget`` bounds each run."""

    kind = "evolve"

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def prepare(self, run: RunRecord, files: RunFiles) -> EvolveMaterial:
        """See ``RunWork.prepare``."""
        request = EvolveRequest.from_dict(run.request)
        folder = tempfile.TemporaryDirectory(prefix="promptbeam-")
        data = Path(folder.name) / f"data{_ending(request.data_file.name)}"
        data.write_bytes(files.read("data", request.data_file))
        source = open_instructions(request.data_file.name, data, field=request.field)
        task = EvolveTask(source, _method(request, files), request.goal)
        return EvolveMaterial(task, folder)
