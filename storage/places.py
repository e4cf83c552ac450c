"""Whether what is kept was made in an open or in a closed channel, as that channel is now."""

from __future__ import annotations

from typing import Literal, TypeAlias

from storage.database import Database
from storage.vectors import move_vectors
from storage.visibility import Place, marks

ChannelKind: TypeAlias = Literal["public", "private"]


class PlaceTable:
    """Follows channels whose kind changed after something was made there: runs, prompts and lessons.

    Every method raises ``StorageError`` when the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def teams(self) -> list[str]:
        """Return the workspaces that runs were made in."""
        return [team for (team,) in self._database.rows("SELECT DISTINCT team FROM runs WHERE team <> ''")]

    def kept(self, team: str) -> dict[str, ChannelKind]:
        """Return the channels of a workspace that something was made in, as it is kept; doubts count as public."""
        found: set[tuple[str, ChannelKind]] = set(
            self._database.rows(
                "SELECT DISTINCT channel, place_kind FROM runs WHERE team = ?"
                " AND place_kind IN ('public', 'private')",
                (team,),
            )
        )
        for table in ("prompts", "lessons"):
            for kind in ("private", "public"):
                low, high = _audiences(team, kind)
                sql = f"SELECT DISTINCT channel FROM {table} WHERE audience >= ? AND audience < ?"
                found |= {(channel, kind) for (channel,) in self._database.rows(sql, (low, high))}
        return dict(sorted(found))  # "public" comes after "private"

    def follow(self, team: str, channel: str, kind: ChannelKind) -> bool:
        """Mark what was made in ``channel`` as made in one of this ``kind``; False when it was already.

        What its owner keeps for themselves stays so. Vectors move to new positions, by which every open
        index learns of it.
        """
        before: ChannelKind = "public" if kind == "private" else "private"
        old, new = (marks("", Place(team, channel, one), only_me=False)["audience"] for one in (before, kind))
        change = "SET place_kind = ?, audience = CASE WHEN only_me THEN audience ELSE ? END"
        which = "team = ? AND channel = ? AND place_kind = ? AND audience IN (?, 'owner')"
        values = (team, channel, before, old)
        tables = ("runs", "prompts", "lessons")
        if not any(
            self._database.rows(f"SELECT 1 FROM {one} WHERE {which} LIMIT 1", values) for one in tables
        ):
            return False
        with self._database.write() as connection:
            moved = connection.execute(f"SELECT number FROM prompts WHERE {which}", values).fetchall()
            changed = sum(
                connection.execute(f"UPDATE {table} {change} WHERE {which}", (kind, new, *values)).rowcount
                for table in tables
            )
            move_vectors(connection, [number for (number,) in moved])
        return changed > 0


def _audiences(team: str, kind: ChannelKind) -> tuple[str, str]:
    """Return the range of audiences, end excluded, under which a workspace's records of this kind are stored."""
    low = marks("", Place(team, "C", kind), only_me=False)["audience"]
    if kind == "public":
        return low, low + "\0"
    prefix = low.removesuffix("C")
    return prefix, prefix[:-1] + chr(ord("/") + 1)
