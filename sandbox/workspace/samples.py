"""The sample tasks of an examples folder that the page offers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_DATA_ENDINGS = (".csv", ".jsonl", ".tsv", ".json")


@dataclass(frozen=True, slots=True)
class Sample:
    """A task with its first prompt and its data files."""

    folder: str
    title: str
    prompt: str
    files: tuple[Path, ...]


def find_samples(root: Path | None) -> tuple[Sample, ...]:
    """Every subfolder with a prompt.txt; the title is the first heading of its README.md, if it has one."""
    if root is None or not root.is_dir():
        return ()
    return tuple(
        Sample(
            folder.name,
            _title(folder),
            (folder / "prompt.txt").read_text(encoding="utf-8").strip(),
            tuple(sorted(one for one in folder.iterdir() if one.suffix in _DATA_ENDINGS)),
        )
        for folder in sorted(root.iterdir())
        if (folder / "prompt.txt").is_file()
    )


def _title(folder: Path) -> str:
    readme = folder / "README.md"
    if readme.is_file():
        for line in readme.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                return line.lstrip("#").strip()
    return folder.name.replace("-", " ").replace("_", " ").capitalize()
