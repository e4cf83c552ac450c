"""Data too large for a thread: where it lies, when an evolution of it is cut into shards, and where these lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.errors import ConfigError, InputError
from optimizer.instructions.address import Address, address_of

ROWS_EACH = 5_000
"""Rows in a shard: minutes of work, so that a killed process costs little and many share a long file."""
SHARDED_FROM = 100_000
"""A run at the terminal is cut into shards from so many rows on, unless it is told otherwise."""
AT_ONCE = 2
"""Shards of one process at once: while one waits for its last rows, another one uses the calls."""


@dataclass(frozen=True, slots=True)
class LargeData:
    """``address`` is a folder that bot and workers reach, None for no shards; ``rows_each`` as in ``Sharding``.

    ``data`` is a folder whose files people may evolve by their names, None for uploads alone.
    """

    address: Address | None = None
    rows_each: int = ROWS_EACH
    data: Address | None = None

    def folder_for(self, run_id: str, rows: int) -> Address | None:
        """Return where a run of ``rows`` rows keeps its shards, None when it is not worth cutting."""
        if self.address is None or rows < 2 * self.rows_each:
            return None
        return self.address.below(run_id)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> LargeData:
        """Read ``PROMPTBEAM_SHARD_ADDRESS``, ``PROMPTBEAM_SHARD_ROWS`` and ``PROMPTBEAM_DATA_ADDRESS``.

        Raises:
            ConfigError: one of them cannot be used.
        """
        rows = env.get("PROMPTBEAM_SHARD_ROWS", "").strip() or str(ROWS_EACH)
        if not rows.isdecimal() or int(rows) < 1:
            raise ConfigError(f"PROMPTBEAM_SHARD_ROWS is {rows!r}.", "Give a whole number above zero.")
        return cls(
            _folder(env, "PROMPTBEAM_SHARD_ADDRESS"), int(rows), _folder(env, "PROMPTBEAM_DATA_ADDRESS")
        )


def _folder(env: Mapping[str, str], name: str) -> Address | None:
    text = env.get(name, "").strip()
    try:
        return address_of(text, "out") if text else None
    except InputError as error:
        raise ConfigError(f"{name}: {error.message}", error.fix) from None
