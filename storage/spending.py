"""What was paid in a day: also by runs that were deleted since, or deleting would give the day's money back."""

from __future__ import annotations

from storage.shared_database import SharedDatabase, Transaction

DAY = 86_400.0
_ANSWERS = "SELECT id FROM calls WHERE run_id = ? ORDER BY id LIMIT ?"
_ALL = 2**31


def midnight_before(now: float) -> float:
    """Return when the day (UTC) of ``now`` began; both in seconds since 1970."""
    return now - now % DAY


def spent_since(database: SharedDatabase, since: float, *, team: str, owner: str = "") -> float:
    """Return what was paid since a time (US dollars) by a workspace, or by one person of it.

    Raises:
        StorageError: the database fails.
    """
    person = " AND owner = ?" if owner else ""
    rows = database.rows(
        "SELECT (SELECT coalesce(sum(calls.cost), 0) FROM calls JOIN runs ON runs.id = calls.run_id"
        f" WHERE calls.at >= ? AND team = ?{person})"
        f" + (SELECT coalesce(sum(cost), 0) FROM spent WHERE at >= ? AND team = ?{person})",
        (since, team, *([owner] if owner else [])) * 2,
    )
    return float(rows[0][0])


def delete_answers(connection: Transaction, run_id: str, now: float, at_most: int = _ALL) -> int:
    """Delete the oldest paid answers of a run, in a transaction of the caller's; return how many went.

    What they cost today stays known by person and workspace, until another day: amounts, no texts.
    """
    today = midnight_before(now)
    connection.execute("DELETE FROM spent WHERE at < ?", (today,))
    connection.execute(
        "INSERT INTO spent (team, owner, at, cost)"
        " SELECT coalesce(runs.team, ''), runs.owner, max(calls.at), sum(calls.cost)"
        " FROM calls JOIN runs ON runs.id = calls.run_id"
        f" WHERE calls.id IN ({_ANSWERS}) AND calls.at >= ?"
        " GROUP BY runs.team, runs.owner HAVING sum(calls.cost) > 0",
        (run_id, at_most, today),
    )
    deleted = connection.execute(f"DELETE FROM calls WHERE id IN ({_ANSWERS})", (run_id, at_most))
    return int(deleted.rowcount)
