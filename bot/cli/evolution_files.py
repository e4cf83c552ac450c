"""The files of a finished evolution: the method alone, the report, the plot, and the evolved rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.cli.result_files import write_report
from bot.evolution_plots import failure_rate_plot
from optimizer.errors import OutputError
from optimizer.events import Event
from optimizer.evolution.run import EvolveResult
from optimizer.instructions.address import address_of
from optimizer.instructions.export import export_failed, export_jsonl, export_parquet
from optimizer.instructions.folder import Folder
from optimizer.instructions.scratch import scratch_folder
from optimizer.instructions.shapes import Layout
from optimizer.instructions.training_forms import Form
from storage.result_files import digest_of


def write_evolution_to(
    out: str,
    result: EvolveResult,
    report: Mapping[str, Any],
    events: Sequence[Event],
    checkpoint: Path,
    layout: Layout,
    form: Form,
) -> dict[str, str]:
    """Write the files to a folder here or to an address; return their paths or addresses, each with its SHA-256.

    Raises:
        InputError, ConfigError: the address cannot be used.
        OutputError: a file cannot be written; at an address each appears whole or not at all.
    """
    address = address_of(out, "out")
    if address.path is not None:
        names = write_evolution(address.path, result, report, events, checkpoint, layout, form)
        return {str(address.path / name): digest_of(address.path / name) for name in names}
    with scratch_folder() as here:
        names = write_evolution(here, result, report, events, checkpoint, layout, form)
        for name in names:
            Folder(address).put(here / name, name)
        return {address.below(name).text: digest_of(here / name) for name in names}


def write_evolution(
    folder: Path,
    result: EvolveResult,
    report: Mapping[str, Any],
    events: Sequence[Event],
    checkpoint: Path,
    layout: Layout,
    form: Form,
) -> tuple[str, ...]:
    """Write the files to ``folder`` and return their names; the rows only when all of them are done.

    ``method.txt`` is the final method to the letter, ``evolved.jsonl`` and ``evolved.parquet`` have a row for
    every input row, ``failed.jsonl`` says which were not evolved and why.

    Raises:
        OutputError: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "method.txt").write_bytes(result.final_method.encode("utf-8", "replace"))
        write_report(folder, report)
        (folder / "failure_rates.png").write_bytes(failure_rate_plot(events))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}).", "Give another --out.") from None
    names = ("method.txt", "report.json", "failure_rates.png")
    if not result.rows:
        return names
    export_jsonl(checkpoint, layout, form, folder / "evolved.jsonl")
    export_parquet(checkpoint, layout, form, folder / "evolved.parquet")
    export_failed(checkpoint, folder / "failed.jsonl")
    return (*names, "evolved.jsonl", "evolved.parquet", "failed.jsonl")
