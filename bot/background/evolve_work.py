"""Runs of the kind ``evolve``: instruction data in, the best evolving method and the evolved data out."""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.background.evolve_request import EvolveRequest
from bot.background.large_data import LargeData
from bot.background.method_keeping import keep_method
from bot.background.run_files import RunFiles
from bot.background.run_work import Means
from optimizer.config import Budget
from optimizer.events import Event
from optimizer.evolution.run import EvolveResult, run_evolution
from optimizer.evolution.sharding.sharded import Sharding
from optimizer.evolution.task import EvolveTask
from optimizer.evolution.told import result_of
from optimizer.examples.decoding import decode_text
from optimizer.instructions.address import Address
from optimizer.instructions.export import export_failed, export_jsonl, export_parquet
from optimizer.instructions.folder import Folder
from optimizer.instructions.open import FileSource, open_instructions
from optimizer.instructions.scratch import room_for_files
from optimizer.instructions.sinks import open_sink
from optimizer.instructions.training_forms import Form
from storage.runs import RunRecord
from storage.store import Store

_CHECKPOINT = "rows.jsonl"


@dataclass(frozen=True, slots=True)
class EvolveMaterial:
    """An evolution's task, with the folder in which its data lies while this process works on it.

    The folder may be lost: the rows are written anew then, from answers that the journal has.
    """

    task: EvolveTask
    source: FileSource
    folder: tempfile.TemporaryDirectory[str]

    @property
    def path(self) -> Path:
        """The folder as a path."""
        return Path(self.folder.name)


class EvolveWork:
    """Implements ``RunWork``; ``budget`` bounds each run, ``large`` says which are cut into shards."""

    kind = "evolve"

    def __init__(self, budget: Budget, large: LargeData) -> None:
        self._budget, self._large = budget, large

    def prepare(self, run: RunRecord, files: RunFiles) -> EvolveMaterial:
        """See ``RunWork.prepare``."""
        request = EvolveRequest.from_dict(run.request)
        with room_for_files():
            folder = tempfile.TemporaryDirectory(prefix="promptbeam-")
            data = Path(folder.name) / "data"
            if request.data_folder:
                Folder(Address(request.data_folder)).fetch(request.data_file.name, data)
            else:
                data.write_bytes(files.read("data", request.data_file))
        source = open_instructions(
            request.data_file.name, data, field=request.field, bad_rows=request.bad_rows
        )
        return EvolveMaterial(EvolveTask(source, _method(request, files), request.goal), source, folder)

    async def conduct(self, run: RunRecord, task: EvolveMaterial, means: Means) -> None:
        """See ``RunWork.conduct``."""
        request = EvolveRequest.from_dict(run.request)
        checkpoint = task.path / _CHECKPOINT
        address = self._large.folder_for(run.id, task.source.inspection.rows)
        with open_sink(checkpoint) as sink:
            await run_evolution(
                task.task,
                dataclasses.replace(request.config(), budget=self._budget),
                means.pool,
                run_id=run.id,
                journal=means.journal,
                on_event=means.emit,
                control=means.control,
                sink=sink,
                sharding=Sharding(address, self._large.rows_each, means.crew) if address else None,
            )
        if sink.written:
            await asyncio.to_thread(_keep_data, task, checkpoint, request.results(run.id), means)
        if address:
            # Kept or stopped: what going on would need again, the journal has.
            await asyncio.to_thread(Folder(address).erase)

    def result(self, run: RunRecord, events: Sequence[Event], seconds: float) -> EvolveResult:
        """See ``RunWork.result``."""
        return result_of(run.id, events, seconds)

    def keep(self, store: Store, run: RunRecord, task: EvolveMaterial, result: EvolveResult) -> None:
        """See ``RunWork.keep``; the evolved data was kept while the run was conducted."""
        keep_method(store, run, result)
        task.folder.cleanup()


def _method(request: EvolveRequest, files: RunFiles) -> str:
    if request.method_file is None:
        return request.method_text
    name = request.method_file.name
    return decode_text(name, files.read("method", request.method_file), field="method")


def _keep_data(task: EvolveMaterial, checkpoint: Path, results: Address | None, means: Means) -> None:
    """Keep the evolved rows with the run in forms that fine-tuning tools read, or at the data with all fields."""
    form: Form = "same" if results else "alpaca"
    layout, folder = task.source.layout, task.path / "result"
    export_jsonl(checkpoint, layout, form, folder / "evolved.jsonl")
    export_parquet(checkpoint, layout, form, folder / "evolved.parquet")
    export_jsonl(checkpoint, layout, "openai", folder / "evolved.openai.jsonl")
    export_failed(checkpoint, folder / "failed.jsonl")
    for name in ("evolved.jsonl", "evolved.parquet", "evolved.openai.jsonl", "failed.jsonl"):
        if results is None:
            means.leave(name, (folder / name).read_bytes())
        else:
            Folder(results).put(folder / name, name)
