"""What was delivered to the bot already, so that no delivery is obeyed twice, also after a restart."""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.database import Database

KEPT_SECONDS = 86_400.0
"""Slack repeats a delivery for some minutes; what is older may be forgotten."""
_SWEEP_EVERY = 500


class DeliveryTable:
    """Every method raises ``StorageError`` when the database fails."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._noted = 0

    def first(self, *keys: str) -> bool:
        """Claim a delivery under all of its names; False when one of them was claimed before."""
        now = self._clock()
        with self._database.write() as connection:
            known = connection.execute(
                f"SELECT 1 FROM deliveries WHERE name IN ({', '.join('?' * len(keys))}) LIMIT 1", keys
            ).fetchone()
            connection.executemany(
                "INSERT INTO deliveries (name, at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                [(key, now) for key in keys],
            )
            self._noted += 1
            if self._noted % _SWEEP_EVERY == 0:
                connection.execute("DELETE FROM deliveries WHERE at < ?", (now - KEPT_SECONDS,))
        return known is None

    def known(self, key: str) -> bool:
        """Tell whether a delivery was claimed under this name."""
        return bool(self._database.rows("SELECT 1 FROM deliveries WHERE name = ?", (key,)))
