"""A file of instruction data: where its bytes come from, and how to know it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from optimizer.errors import InputError

FIELD = "data"
"""What ``InputError.field`` says of everything that is wrong with instruction data."""
_BLOCK = 1 << 20


class DataFile(Protocol):
    """Bytes that can be read from the start again and again. ``name`` is the file name that people know."""

    @property
    def name(self) -> str:
        """File name, without its folder."""
        ...

    def open(self) -> BinaryIO:
        """Return a new readable, seekable stream at the first byte.

        Raises:
            InputError: the file is not there or cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on this machine's disk."""

    name: str
    path: Path

    def open(self) -> BinaryIO:
        """Open the file; see ``DataFile``."""
        try:
            return self.path.open("rb")
        except FileNotFoundError:
            raise InputError(f"There is no file {self.path}.", "Check the path.", field=FIELD) from None
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read ({error.strerror}).", "Check it.", field=FIELD
            ) from None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 of a file: equal fingerprints mean equal data."""

    size: int
    digest: str


def fingerprint(file: DataFile) -> Fingerprint:
    """Read ``file`` once and return its fingerprint.

    Raises:
        InputError: the file is not there or cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with file.open() as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Fingerprint(size, digest.hexdigest())
