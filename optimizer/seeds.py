"""One seed for a run, a private random generator for each of its parts."""

from __future__ import annotations

import random
import zlib


def generator(seed: int, *parts: str | int) -> random.Random:
    """Return a generator of its own for the named part of a run.

    Parts never share a generator, so that the order in which concurrent parts draw does not matter.
    """
    return random.Random("/".join(str(part) for part in (seed, *parts)))  # noqa: S311 - not for secrets


def request_seed(seed: int, position: str) -> int:
    """Return the sampling seed to send with a model call at ``position``, stable across runs."""
    return zlib.crc32(f"{seed}/{position}".encode())
