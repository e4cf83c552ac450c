"""What a person asked ``/evolve`` for, in the form that is stored with the run and survives a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.background.request import FileRef
from optimizer.errors import InputError
from optimizer.evolution.config import EvolveConfig
from optimizer.instructions.address import Address
from optimizer.instructions.open import BadRows

VERSION = 1

EFFORTS: Mapping[str, EvolveConfig] = {
    "quick": EvolveConfig(steps=3, candidates=3, batch=8, dev=20, first_rung=8, holdout=20, patience=2),
    "standard": EvolveConfig(steps=6, candidates=4, patience=2),
    "thorough": EvolveConfig(),
    "none": EvolveConfig(steps=0, holdout=0),
}
"""Efforts that people choose from; ``thorough`` is the paper's setting, ``none`` applies the method as it is."""


@dataclass(frozen=True, slots=True)
class EvolveRequest:
    """One filled-in form. ``method_text`` and ``method_file`` may both be missing: then our own method starts."""

    data_file: FileRef
    method_text: str = ""
    method_file: FileRef | None = None
    effort: str = "quick"
    answers: bool = False
    field: str = ""
    """Column with the instructions; empty means: guess it."""
    goal: str = ""
    criteria: str = ""
    """What makes a good evolution, for a judging model; empty means: rules alone."""
    bad_rows: BadRows = "skip"
    """What becomes of rows that cannot be used: kept as they are, or the whole file is refused."""
    data_folder: str = ""
    """Address of the folder that has the data under the name of ``data_file``; empty for a file that was given."""

    def results(self, run_id: str) -> Address | None:
        """Return the folder for the evolved rows of data that lies at an address, None for other data."""
        return results_below(self.data_folder, run_id)

    def to_dict(self) -> dict[str, Any]:
        """Turn the request into plain JSON values."""
        return {"version": VERSION, **dataclasses.asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EvolveRequest:
        """Rebuild a request from ``to_dict``'s form; fields of a newer version are dropped.

        Raises:
            InputError: a needed field is missing.
        """
        known = {item.name for item in dataclasses.fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        try:
            values["data_file"] = FileRef(**values["data_file"])
            method_file = values.get("method_file")
            values["method_file"] = FileRef(**method_file) if method_file else None
            return cls(**values)
        except (KeyError, TypeError) as error:
            raise InputError("The stored request cannot be read.", "Start a new run.") from error

    def config(self) -> EvolveConfig:
        """Return the settings that the effort and the wishes stand for."""
        return dataclasses.replace(EFFORTS[self.effort], answers=self.answers, judge=self.criteria)


def results_below(data_folder: str, run_id: str) -> Address | None:
    """Return the folder for the evolved rows of a run whose data lies in ``data_folder``; None when that is empty."""
    return Address(data_folder).below("evolved").below(run_id) if data_folder else None
