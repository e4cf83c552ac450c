"""The table of final prompts: rows in and out, only those that a viewer may see."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.errors import InputError
from optimizer.ways_out import Fix, Knob
from storage.database import Database
from storage.prompt_record import COLUMNS, PromptRecord, record_from_row, row_of
from storage.visibility import Viewer, may_see, sql_condition


class PromptTable:
    """Records by their number, which the word index and the vectors know them by.

    Every method raises ``StorageError`` when the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, record: PromptRecord) -> bool:
        """Store a record; False when its id is stored already. A version stored twice is an ``IntegrityError``."""
        row = row_of(record)
        columns = ", ".join(row)
        places = ", ".join(f":{column}" for column in row)
        with self._database.write() as connection:
            cursor = connection.execute(
                f"INSERT INTO prompts ({columns}, family) VALUES ({places}, {_FAMILY})"
                " ON CONFLICT (id) DO NOTHING",
                row,
            )
        return cursor.rowcount == 1

    def one(self, prompt_id: str, viewer: Viewer) -> tuple[int, PromptRecord]:
        """Return the prompt with its number.

        Raises:
            InputError: it does not exist, or ``viewer`` may not see it; the two cannot be told apart.
        """
        found = self.visible("prompts.id = ?", [prompt_id], viewer)
        if not found:
            raise InputError(
                f"There is no prompt {prompt_id!r} that you can see.",
                Fix("Look for it {}.", Knob.PAST_PROMPTS),
                field="prompt",
            )
        return next(iter(found.items()))

    def among(self, numbers: Sequence[int], viewer: Viewer) -> dict[int, PromptRecord]:
        """Return those of the prompts ``numbers`` that ``viewer`` may see."""
        places = ", ".join("?" * len(numbers))
        return self.visible(f"prompts.number IN ({places})", numbers, viewer)

    def visible(self, condition: str, values: Sequence[object], viewer: Viewer) -> dict[int, PromptRecord]:
        """Return the records that match and that ``viewer`` may see: filtered in SQL, checked on the way out."""
        rule, rule_values = sql_condition(viewer, "prompts")
        rows = self._database.rows(
            f"SELECT number, {COLUMNS} FROM prompts WHERE {rule} AND {condition}",
            [*rule_values, *values],
        )
        records = {row[0]: record_from_row(row[1:]) for row in rows}
        return {
            number: record
            for number, record in records.items()
            if may_see(viewer, record.owner, record.place, record.only_me)
        }


_FAMILY = (
    "coalesce((SELECT family FROM prompts WHERE run_id = :run_id LIMIT 1),"
    " (SELECT family FROM prompts WHERE id = :parent), :run_id)"
)
"""All versions of a prompt share it: those of one run, and those made from one another."""
