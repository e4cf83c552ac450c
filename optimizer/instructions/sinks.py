"""The checkpoint of an application: evolved rows as JSONL that survives a kill at any byte."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from optimizer.errors import OutputError
from optimizer.instructions.records import EvolvedRow
from optimizer.instructions.stored_rows import from_line, stored, to_line
from optimizer.ways_out import Fix, Knob

_SYNC_SECONDS = 5.0
_BLOCK = 1 << 20


class JsonlSink:
    """Appends rows to a file, one line each; opening it again goes on behind the last whole line.

    A written row is handed to the operating system at once, so that it outlives this process however
    it dies. The disk is made to keep the rows every five seconds and at the end, for a write to the
    disk with every row would be slower than the models; a machine that loses its power loses at most
    the rows of those seconds, and their answers are in the journal, so that they cost nothing again.

    ``before`` is the number of the row before the first one, for a file that holds a part of the rows.
    One process at a time; ``write`` and ``close`` may come from different threads, one after the other.

    Raises:
        OutputError: the file cannot be opened or written.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic, *, before: int = 0) -> None:
        self.path = path
        self._before = before
        self._clock = clock
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            self._file: BinaryIO = os.fdopen(descriptor, "r+b")
            self._written, end = _whole_rows(self._file, before)
            self._file.truncate(end)
            self._file.seek(end)
        except OSError as error:
            raise _cannot_write(path, error) from None
        self._synced = clock()

    @property
    def written(self) -> int:
        """Rows that are in the file, from an earlier attempt too."""
        return self._written

    def write(self, row: EvolvedRow) -> None:
        """Append ``row``, which must be the next one.

        Raises:
            OutputError: the disk is full or fails.
            ValueError: another row is due.
        """
        due = self._before + self._written + 1
        if row.source.row != due:
            raise ValueError(f"row {due} is due, not row {row.source.row}")
        try:
            self._file.write(to_line(stored(row)))
            self._file.flush()
            if self._clock() - self._synced >= _SYNC_SECONDS:
                self._sync()
        except OSError as error:
            raise _cannot_write(self.path, error) from None
        self._written += 1

    def close(self) -> None:
        """Make the disk keep everything and close the file; a second time does nothing.

        Raises:
            OutputError: the disk fails.
        """
        if self._file.closed:
            return
        try:
            self._sync()
            self._file.close()
        except OSError as error:
            raise _cannot_write(self.path, error) from None

    def _sync(self) -> None:
        os.fsync(self._file.fileno())
        self._synced = self._clock()

    def __enter__(self) -> JsonlSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_sink(path: Path, *, before: int = 0) -> JsonlSink:
    """Open the checkpoint at ``path``, a new one or one to go on with; see ``JsonlSink``."""
    return JsonlSink(path, before=before)


def _whole_rows(file: BinaryIO, before: int) -> tuple[int, int]:
    """Return how many whole rows ``file`` starts with, and where they end.

    Only the end of a file can be torn by a crash, so only there lines are decoded: a line counts when
    it holds the row of its own number, ``before`` rows being elsewhere.
    """
    ends = _count_lines(file)
    count, end = ends
    while count:
        start = _line_start(file, end)
        file.seek(start)
        try:
            if from_line(file.read(end - start)).row == before + count:
                break
        except ValueError:
            pass
        count, end = count - 1, start
    return count, end


def _count_lines(file: BinaryIO) -> tuple[int, int]:
    file.seek(0)
    count = at = end = 0
    while block := file.read(_BLOCK):
        count += block.count(b"\n")
        last = block.rfind(b"\n")
        end = at + last + 1 if last >= 0 else end
        at += len(block)
    return count, end


def _line_start(file: BinaryIO, end: int) -> int:
    """Return where the line starts that ends before ``end``."""
    at = end - 1
    while at > 0:
        start = max(0, at - _BLOCK)
        file.seek(start)
        found = file.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written ({error.strerror}).",
        Fix("Free some space or check the folder's permissions, then {}; written rows are safe.", Knob.GO_ON),
    )
