"""The seal on the search index: set when its files are known to be whole, broken before anything touches them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Seal:
    """A whole index: its directory (or its name on a server), vector space and database, how far and how
    much it holds, the last removal that it knows of, and its files' sizes in bytes (none on a server)."""

    directory: str
    space: str
    identity: str
    position: int
    count: int
    removed: int
    files: Mapping[str, int] = field(default_factory=dict)


class SealFile:
    """The seal of the index directories below ``root`` (None: on a server), kept in the file ``path``.

    No seal means: do not open what is there. So a process that dies while the index is written to,
    or because the index is damaged, leaves an index that nobody opens again.
    """

    def __init__(self, path: Path, root: Path | None) -> None:
        self._path = path
        self._root = root

    def read(self) -> Seal | None:
        """Return the seal if there is one and the files still have the sizes it tells."""
        try:
            seal = Seal(**json.loads(self._path.read_bytes()))
            if self._root is None:
                return seal
            whole = _sizes(self._root / seal.directory) == seal.files
        except (OSError, ValueError, TypeError):
            return None
        return seal if whole and seal.files else None

    def set(self, seal: Seal) -> None:
        """Declare an index whole; the sizes of its files are added here."""
        if self._root is not None:
            seal = replace(seal, files=_sizes(self._root / seal.directory))
        draft = self._path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(seal), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    def break_(self) -> None:
        """Make sure, beyond a power cut, that nobody takes the index for whole."""
        self._path.unlink(missing_ok=True)
        _sync_directory(self._path.parent)


def _sizes(directory: Path) -> dict[str, int]:
    """Return the sizes of the files that hold vectors, and 1 for the database, which looks after itself."""
    sizes = {
        str(file.relative_to(directory)): file.stat().st_size
        for pattern in ("*/*.bin", "*/*.pickle")
        for file in directory.glob(pattern)
    }
    if (directory / "chroma.sqlite3").is_file():
        sizes["chroma.sqlite3"] = 1
    return sizes


def _sync_directory(directory: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
