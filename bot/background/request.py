"""What a person asked for, in the form that is stored with the run and survives a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.errors import InputError

VERSION = 1


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that waits to be fetched; ``size`` in bytes as the sender's client claims it."""

    id: str
    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked to change before the run began: its first round takes it as a gradient."""

    text: str
    author: str


@dataclass(frozen=True, slots=True)
class ToldLesson:
    """What an earlier run had learned, as another one is told it; ``gain`` (0..1) is what that run gained."""

    run: str
    text: str
    gain: float


@dataclass(frozen=True, slots=True)
class OptimizeRequest:
    """One filled-in form. Exactly one of ``prompt_text`` and ``prompt_file`` holds the prompt."""

    prompt_text: str = ""
    prompt_file: FileRef | None = None
    example_files: tuple[FileRef, ...] = ()
    pasted: str = ""
    metric: str = "auto"
    preset: str = "quick"
    target: str = ""
    """Name of the column with the right answer; empty means: guess it."""
    goal: str = ""
    parent: str = ""
    """Id of the stored prompt that this run starts from; empty when it starts from a new one."""
    rounds: int = 0
    """Rounds of this run; 0 means: as many as the preset says."""
    wishes: tuple[Wish, ...] = ()
    algorithm: str = ""
    """Name of the search algorithm; empty leaves it to the preset."""
    earlier_tests: tuple[tuple[str, str], ...] = ()
    """Tests that led to ``parent``, in the form of ``optimizer.earlier_tests.to_stored``."""
    learn: bool = False
    """Whether the run shall start from what earlier runs learned."""
    lessons: tuple[ToldLesson, ...] | None = None
    """What it is told of that; None until its turn has come and somebody has looked."""

    def to_dict(self) -> dict[str, Any]:
        """Turn the request into plain JSON values."""
        return {"version": VERSION, **dataclasses.asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> OptimizeRequest:
        """Rebuild a request from ``to_dict``'s form; fields of a newer version are dropped.

        Raises:
            InputError: a needed field is missing.
        """
        known = {item.name for item in dataclasses.fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        try:
            values["example_files"] = tuple(FileRef(**item) for item in values.get("example_files", ()))
            prompt_file = values.get("prompt_file")
            values["prompt_file"] = FileRef(**prompt_file) if prompt_file else None
            values["wishes"] = tuple(Wish(**item) for item in values.get("wishes", ()))
            values["earlier_tests"] = tuple((one, other) for one, other in values.get("earlier_tests", ()))
            if values.get("lessons") is not None:
                values["lessons"] = tuple(ToldLesson(**item) for item in values["lessons"])
            return cls(**values)
        except (TypeError, ValueError) as error:
            raise InputError("The stored request cannot be read.", "Start a new run.") from error

    @property
    def file_names(self) -> str:
        """The example files' names for people."""
        names = [ref.name for ref in self.example_files]
        if self.pasted:
            names.append("pasted rows")
        return ", ".join(names)
