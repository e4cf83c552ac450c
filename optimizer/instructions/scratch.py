"""Room for files that are needed for a while only, and what is said when the disk has none."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optimizer.errors import OutputError
from optimizer.ways_out import Fix, Knob

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""What a disk answers that takes nothing more."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder that goes with the block.

    Raises:
        OutputError: there is no room for what is written there.
    """
    with room_for_files(), tempfile.TemporaryDirectory(prefix="promptbeam-") as here:
        yield Path(here)


@contextmanager
def room_for_files() -> Iterator[None]:
    """Say what to do when a temporary file of the block finds no room.

    Raises:
        OutputError: so it was.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise OutputError(
            f"There is no room for temporary files in {tempfile.gettempdir()} ({error.strerror}).",
            Fix("Free some space, or name another folder in TMPDIR; nothing is lost: {}.", Knob.GO_ON),
        ) from None
