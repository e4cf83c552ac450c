"""The schema as an ordered list of named steps. A released step is never edited: add one at the end."""

from __future__ import annotations

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations
from sqlite_utils.db import Table

from storage.shared_schema import SHARED_TABLES, SPENT

migrations = Migrations("promptbeam")


def _table(tables: Tables, name: str) -> Table:
    return tables.table(name)


@migrations()
def m001_runs(tables: Tables) -> None:
    """Runs with the files they were given, their messages and their history."""
    _table(tables, "runs").create(
        {
            "id": str,
            "kind": str,
            "status": str,
            "owner": str,
            "team": str,
            "channel": str,
            "place_kind": str,
            "thread_ts": str,
            "only_me": int,
            "request": str,
            "created_at": float,
            "started_at": float,
            "finished_at": float,
            "error_ref": str,
            "owner_key": str,
            "channel_key": str,
            "audience": str,
        },
        pk="id",
        not_null={"kind", "status", "owner", "place_kind", "only_me", "request", "created_at", "audience"},
    )
    _table(tables, "runs").create_index(["status"])
    _table(tables, "runs").create_index(["created_at"])
    for name, columns in (
        ("run_messages", {"run_id": str, "name": str, "ts": str}),
        ("run_files", {"run_id": str, "name": str, "data": bytes}),
    ):
        _table(tables, name).create(columns, pk=("run_id", "name"), foreign_keys=[("run_id", "runs", "id")])
    _table(tables, "events").create(
        {"run_id": str, "seq": int, "kind": str, "body": str, "at": float},
        pk=("run_id", "seq"),
        foreign_keys=[("run_id", "runs", "id")],
    )


@migrations()
def m002_calls(tables: Tables) -> None:
    """Every paid answer, append only; ``answer`` is text, or bytes when it is not valid Unicode."""
    _table(tables, "calls").create(
        {
            "id": int,
            "key": str,
            "run_id": str,
            "model": str,
            "purpose": str,
            "answer": str,
            "input_tokens": int,
            "output_tokens": int,
            "finish": str,
            "cost": float,
            "at": float,
        },
        pk="id",
        not_null={"key", "run_id", "model", "answer"},
    )
    _table(tables, "calls").create_index(["key"])
    _table(tables, "calls").create_index(["run_id"])


@migrations()
def m003_prompts(tables: Tables) -> None:
    """Final prompts and their versions, the words in them, and their vectors per embedder."""
    _table(tables, "prompts").create(
        {
            "number": int,
            "id": str,
            "run_id": str,
            "version": int,
            "title": str,
            "text": str,
            "seed_text": str,
            "owner": str,
            "team": str,
            "channel": str,
            "place_kind": str,
            "thread_ts": str,
            "only_me": int,
            "verdict": str,
            "seed_score": float,
            "final_score": float,
            "holdout_n": int,
            "metric": str,
            "algorithm": str,
            "created_at": float,
            "owner_key": str,
            "channel_key": str,
            "audience": str,
        },
        pk="number",
        not_null={"id", "run_id", "version", "text", "audience"},
    )
    prompts = _table(tables, "prompts")
    prompts.create_index(["id"], unique=True)
    prompts.create_index(["run_id", "version"], unique=True)
    prompts.create_index(["audience"])
    prompts.create_index(["owner_key"])
    prompts.enable_fts(
        ["title", "text", "seed_text"],
        create_triggers=True,
        tokenize="porter unicode61 remove_diacritics 2",
    )
    # AUTOINCREMENT, so that a position is never used twice: the search index counts on it.
    tables.execute(
        "CREATE TABLE prompt_vectors ("
        "position INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL,"
        " number INTEGER NOT NULL REFERENCES prompts (number), final BLOB NOT NULL, seed BLOB NOT NULL)"
    )
    _table(tables, "prompt_vectors").create_index(["embedder", "number"], unique=True)


@migrations()
def m004_versions_and_reviews(tables: Tables) -> None:
    """What a prompt was made from, where it stands, and what people said of it."""
    prompts = _table(tables, "prompts")
    prompts.add_column("parent", str, not_null_default="")
    prompts.add_column("family", str, not_null_default="")
    prompts.add_column("status", str, not_null_default="draft")
    prompts.add_column("status_by", str, not_null_default="")
    prompts.add_column("status_at", float)
    tables.execute("UPDATE prompts SET family = run_id")
    prompts.create_index(["family"])
    prompts.create_index(["created_at"])
    reviews = _table(tables, "prompt_reviews")
    reviews.create(
        {"id": int, "number": int, "reviewer": str, "kind": str, "text": str, "at": float},
        pk="id",
        not_null={"number", "reviewer", "kind", "text", "at"},
        foreign_keys=[("number", "prompts", "number")],
    )
    reviews.create_index(["number"])


@migrations()
def m005_uploads(tables: Tables) -> None:
    """Files that the bot uploaded to Slack for a run; ``doomed_at`` is set when they are to be deleted there."""
    uploads = _table(tables, "uploads")
    uploads.create(
        {"file_id": str, "run_id": str, "name": str, "at": float, "doomed_at": float},
        pk="file_id",
        not_null={"run_id", "name", "at"},
    )
    uploads.create_index(["run_id"])


@migrations()
def m006_lessons(tables: Tables) -> None:
    """What runs that ended better learned, and the vectors of what their tasks were about."""
    lessons = _table(tables, "lessons")
    # AUTOINCREMENT, so that a deleted lesson's number never comes back with another's vector.
    tables.execute(
        "CREATE TABLE lessons (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
        " run_id TEXT NOT NULL, round INTEGER NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL,"
        " metric TEXT NOT NULL, gain FLOAT NOT NULL, owner TEXT NOT NULL, team TEXT NOT NULL,"
        " channel TEXT NOT NULL, place_kind TEXT NOT NULL, only_me INTEGER NOT NULL, created_at FLOAT NOT NULL,"
        " owner_key TEXT NOT NULL, channel_key TEXT NOT NULL, audience TEXT NOT NULL)"
    )
    for columns in (["run_id"], ["audience"], ["owner_key"]):
        lessons.create_index(columns)
    _table(tables, "lesson_vectors").create(
        {"embedder": str, "number": int, "vector": bytes},
        pk=("embedder", "number"),
        not_null={"vector"},
        foreign_keys=[("number", "lessons", "number")],
    )


@migrations()
def m007_deletion(tables: Tables) -> None:
    """What deletion has to reach beyond its own tables: an index that is open elsewhere, and files we wrote."""
    tables.execute(
        "CREATE TABLE removed_vectors (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " embedder TEXT NOT NULL, position INTEGER NOT NULL)"
    )
    tables.execute(
        "CREATE TRIGGER prompt_vectors_removed AFTER DELETE ON prompt_vectors BEGIN"
        " INSERT INTO removed_vectors (embedder, position) VALUES (old.embedder, old.position); END"
    )
    tables.execute("CREATE TABLE store_identity (name TEXT NOT NULL)")
    tables.execute("INSERT INTO store_identity VALUES (lower(hex(randomblob(8))))")
    result_files = _table(tables, "result_files")
    result_files.create({"path": str, "run_id": str, "digest": str}, pk="path", not_null={"run_id", "digest"})
    result_files.create_index(["run_id"])


@migrations()
def m008_filter_index(tables: Tables) -> None:
    """All that filters and the rule of who sees what look at, so that neither has to read the texts."""
    _table(tables, "prompts").create_index(
        [
            *("audience", "owner_key", "channel_key", "owner", "channel", "metric", "created_at"),
            *("status", "final_score", "seed_score"),
        ],
        "prompts_filtered",
    )


@migrations()
def m010_deliveries_and_drafts(tables: Tables) -> None:
    """What was delivered to the bot, and requests that are not complete yet."""
    _table(tables, "deliveries").create({"name": str, "at": float}, pk="name", not_null={"at"})
    _table(tables, "deliveries").create_index(["at"])
    drafts = _table(tables, "drafts")
    drafts.create(
        {
            "id": str,
            "kind": str,
            "owner": str,
            "team": str,
            "channel": str,
            "thread_ts": str,
            "state": str,
            "body": str,
            "message_ts": str,
            "at": float,
        },
        pk="id",
        not_null={"kind", "owner", "team", "channel", "thread_ts", "state", "body", "message_ts", "at"},
    )
    drafts.create_index(["team", "channel", "thread_ts"])
    _table(tables, "runs").create_index(["channel", "thread_ts"])


@migrations()
def m020_shared_work(tables: Tables) -> None:
    """What people told runs to do, who works on them, and how they ended; stop marks of old become commands."""
    for statement in SHARED_TABLES:
        tables.execute(statement.format(number="number INTEGER PRIMARY KEY AUTOINCREMENT"))
    tables.execute(
        "INSERT INTO run_commands (run_id, kind, text, author, rounds, at)"
        " SELECT run_id, 'stop', '\"\"', '\"\"', 0, 0 FROM run_messages WHERE name = 'stop' AND ts <> ''"
    )


@migrations()
def m021_outbox(tables: Tables) -> None:
    """Posts by their idempotency key: on their way since ``at`` while ``ts`` is empty, else posted."""
    _table(tables, "outbox").create(
        {"key": str, "run_id": str, "at": float, "ts": str}, pk="key", not_null={"run_id", "at", "ts"}
    )
    _table(tables, "outbox").create_index(["run_id"])


@migrations()
def m030_slack_workspaces(tables: Tables) -> None:
    """Workspaces that installed the bot, those that left, installs under way; whose an upload is."""
    for statement in (
        "CREATE TABLE slack_installations (key TEXT PRIMARY KEY, team TEXT NOT NULL, team_name TEXT NOT NULL,"
        " enterprise TEXT NOT NULL, enterprise_name TEXT NOT NULL, org_wide INTEGER NOT NULL, app TEXT NOT NULL,"
        " bot TEXT NOT NULL, bot_user TEXT NOT NULL, bot_name TEXT NOT NULL, scopes TEXT NOT NULL,"
        " installer TEXT NOT NULL, token TEXT NOT NULL, refresh_token TEXT NOT NULL, expires_at FLOAT,"
        " installed_at FLOAT NOT NULL)",
        "CREATE TABLE slack_teams (team TEXT PRIMARY KEY, enterprise TEXT NOT NULL)",
        "CREATE TABLE slack_departures (key TEXT PRIMARY KEY, reason TEXT NOT NULL, gone_at FLOAT NOT NULL,"
        " purge_at FLOAT NOT NULL, purged_at FLOAT, teams TEXT NOT NULL)",
        "CREATE TABLE slack_states (digest TEXT PRIMARY KEY, expires_at FLOAT NOT NULL)",
        "ALTER TABLE uploads ADD COLUMN team TEXT NOT NULL DEFAULT ''",
        "UPDATE uploads SET team = coalesce((SELECT team FROM runs WHERE runs.id = uploads.run_id), '')",
    ):
        tables.execute(statement)


@migrations()
def m050_messages_by_timestamp(tables: Tables) -> None:
    """Every reply in any thread asks which run hangs there, also when that thread has moved."""
    _table(tables, "run_messages").create_index(["ts"])


@migrations()
def m051_reviews_of_runs(tables: Tables) -> None:
    """What people say of a run that has left no prompt: their votes, and their wishes."""
    reviews = _table(tables, "run_reviews")
    columns = {"id": int, "run_id": str, "reviewer": str, "kind": str, "text": str, "at": float}
    reviews.create(columns, pk="id", not_null={"run_id", "reviewer", "kind", "text", "at"})
    reviews.create_index(["run_id"])


@migrations()
def m052_spent(tables: Tables) -> None:
    """What deleted runs had cost on the day of their deletion, for the daily budgets."""
    tables.execute(SPENT)
