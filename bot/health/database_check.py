"""The check that a database can be read."""

from __future__ import annotations

import logging

from bot.health.readiness import Check
from storage.errors import StorageError
from storage.shared_database import SharedDatabase

logger = logging.getLogger(__name__)


def database_check(database: SharedDatabase, reason: str) -> Check:
    """Return a check that says ``reason`` while the database does not answer; the log has the details."""

    def check() -> str:
        try:
            database.rows("SELECT 1 FROM runs LIMIT 1")
        except StorageError as error:
            logger.warning("not ready: %s", error.message)
            return reason
        return ""

    return check
