"""The schema in PostgreSQL as an ordered list of named steps. A released step is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.errors import StorageError
from storage.shared_schema import SHARED_TABLES, SPENT

if TYPE_CHECKING:
    import psycopg

_LOCK = 7_302_166_001
"""Number of the advisory lock under which the schema is changed."""

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "p001_runs",
        (
            "CREATE TABLE runs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL,"
            " team TEXT, channel TEXT, place_kind TEXT NOT NULL, thread_ts TEXT, only_me BOOLEAN NOT NULL,"
            " request TEXT NOT NULL, created_at DOUBLE PRECISION NOT NULL, started_at DOUBLE PRECISION,"
            " finished_at DOUBLE PRECISION, error_ref TEXT, owner_key TEXT, channel_key TEXT, audience TEXT NOT NULL)",
            "CREATE TABLE run_messages (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
            " name TEXT NOT NULL, ts TEXT, PRIMARY KEY (run_id, name))",
            "CREATE TABLE run_files (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, name TEXT NOT NULL,"
            " data BYTEA, rowid BIGSERIAL, PRIMARY KEY (run_id, name))",
            "CREATE TABLE events (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, seq INTEGER NOT NULL,"
            " kind TEXT NOT NULL, body TEXT NOT NULL, at DOUBLE PRECISION, PRIMARY KEY (run_id, seq))",
        ),
    ),
    (
        "p002_calls",
        (
            # Answers are JSON texts: PostgreSQL's own text takes neither NUL nor lone surrogates.
            "CREATE TABLE calls (id BIGSERIAL PRIMARY KEY, key TEXT NOT NULL, run_id TEXT NOT NULL,"
            " model TEXT NOT NULL, purpose TEXT, answer TEXT NOT NULL, input_tokens INTEGER,"
            " output_tokens INTEGER, finish TEXT, cost DOUBLE PRECISION, at DOUBLE PRECISION)",
            "CREATE INDEX idx_calls_key ON calls (key)",
            "CREATE INDEX idx_calls_run_id ON calls (run_id)",
        ),
    ),
    (
        "p003_shared_work",
        tuple(statement.format(number="number BIGSERIAL PRIMARY KEY") for statement in SHARED_TABLES),
    ),
    ("p004_spent", (SPENT,)),
)


def bring_up_to_date(connection: psycopg.Connection[Any]) -> None:
    """Apply the steps that are missing: all of them or none. Processes that start together wait for each other.

    Raises:
        StorageError: a newer version wrote the schema.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute("CREATE SCHEMA IF NOT EXISTS promptbeam")
        connection.execute("SET LOCAL search_path TO promptbeam")
        connection.execute("CREATE TABLE IF NOT EXISTS steps (name TEXT PRIMARY KEY)")
        applied = {name for (name,) in connection.execute("SELECT name FROM steps").fetchall()}
        unknown = applied - {name for name, _ in STEPS}
        if unknown:
            raise StorageError(
                f"The PostgreSQL database was written by a newer version of Promptbeam (step {max(unknown)}).",
                "Update Promptbeam on this machine.",
            )
        for name, statements in STEPS:
            if name in applied:
                continue
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO steps (name) VALUES (%s)", (name,))
