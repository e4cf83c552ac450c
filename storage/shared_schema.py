"""The tables that bot and workers share beside runs and events, in SQL that SQLite and PostgreSQL both take."""

from __future__ import annotations

SHARED_TABLES: tuple[str, ...] = (
    # ``taken`` is the number of the take that got the words; NULL while they wait.
    "CREATE TABLE run_commands ({number}, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,"
    " kind TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, rounds INTEGER NOT NULL, key TEXT UNIQUE,"
    " at DOUBLE PRECISION NOT NULL, taken INTEGER)",
    "CREATE INDEX idx_run_commands_run_id ON run_commands (run_id)",
    "CREATE TABLE run_takes (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, take INTEGER NOT NULL,"
    " PRIMARY KEY (run_id, take))",
    # ``worker`` is the instance that works on the run; ``outcome`` and ``progress`` are JSON.
    "CREATE TABLE work (run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, attempt INTEGER NOT NULL,"
    " worker TEXT NOT NULL, outcome TEXT, progress TEXT, at DOUBLE PRECISION NOT NULL)",
    "CREATE TABLE workers (name TEXT PRIMARY KEY, instance TEXT NOT NULL, host TEXT NOT NULL,"
    " slots INTEGER NOT NULL, busy INTEGER NOT NULL, started DOUBLE PRECISION NOT NULL,"
    " seen DOUBLE PRECISION NOT NULL)",
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until DOUBLE PRECISION NOT NULL)",
)
"""``{number}`` stands for an integer key that only ever grows, which each database writes its own way."""

SPENT = (
    "CREATE TABLE spent (team TEXT NOT NULL, owner TEXT NOT NULL, at DOUBLE PRECISION NOT NULL,"
    " cost DOUBLE PRECISION NOT NULL)"
)
"""Part of the tables that both databases have; it came later."""
