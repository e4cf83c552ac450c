"""When evolutions of the service are cut into shards, and where their pieces and parts lie meanwhile."""

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
    """``address`` is a folder that bot and workers reach, None for no shards; ``rows_each`` as in ``Sharding``."""

    address: Address | None = None
    rows_each: int = ROWS_EACH

    def folder_for(self, run_id: str, rows: int) -> Address | None:
        """Return where a run of ``rows`` rows keeps its shards, None when it is not worth cutting."""
        if self.address is None or rows < 2 * self.rows_each:
            return None
        return self.address.below(run_id)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> LargeData:
        """Read ``PROMPTBEAM_SHARD_ADDRESS`` and ``PROMPTBEAM_SHARD_ROWS``.

        Raises:
            ConfigError: one of them cannot be used.
        """
        text = env.get("PROMPTBEAM_SHARD_ADDRESS", "").strip()
        rows = env.get("PROMPTBEAM_SHARD_ROWS", "").strip() or str(ROWS_EACH)
        if not rows.isdecimal() or int(rows) < 1:
            raise ConfigError(f"PROMPTBEAM_SHARD_ROWS is {rows!r}.", "Give a whole number above zero.")
        try:
            return cls(address_of(text, "out") if text else None, int(rows))
        except InputError as error:
            raise ConfigError(f"PROMPTBEAM_SHARD_ADDRESS: {error.message}", error.fix) from None
