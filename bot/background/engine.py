"""The durable queue, on DBOS: which run is worked on by which process, also after a crash of either.

DBOS keeps one engine per process in global state, and it takes a moment to import: so it is imported
when an engine is launched, and only here.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from optimizer.errors import ConfigError, PromptbeamError
from storage.errors import StorageError

if TYPE_CHECKING:
    from dbos import WorkflowStatus
    from sqlalchemy import Engine as SqlEngine

logger = logging.getLogger(__name__)

Fate = Literal["open", "ended", "given up", "unknown"]
"""An attempt waits or is worked on; came to its end; failed too often; was never queued."""

Conduct = Callable[[str], Coroutine[Any, Any, None]]

_APPLICATION = "promptbeam"
_VERSION = "runs-1"
"""Raised only when the steps of the workflow change: runs of another version are not recovered."""
RUNS = "runs"
"""The queue of whole runs."""
_POLL_SECONDS = 0.2
_DEAD = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


class Engine:
    """One per process. ``conduct`` does a run, in ``loop``; it must bear being called again.

    ``url`` is a SQLite file or a PostgreSQL database, ``executor`` the name under which this process
    takes up again what it left. It takes from ``queues``, at most so many at once (None means any
    number); what it puts into others is for other processes.
    """

    def __init__(
        self,
        url: str,
        executor: str,
        conduct: Conduct,
        loop: asyncio.AbstractEventLoop,
        queues: Mapping[str, int | None],
    ) -> None:
        self._url = url
        self._executor = executor
        self._conduct = conduct
        self._loop = loop
        self._queues = queues
        self.launched = False
        self.ready = False
        """The queue's tables are there: until then nobody may ask it anything."""
        self._dropped: set[str] = set()

    def launch(self) -> None:
        """Open the queue and go on with what this process left unfinished.

        A SQLite file that cannot be used is set aside: everything in it follows from the store.

        Raises:
            StorageError: the database cannot be used.
        """
        try:
            self._launch()
        except PromptbeamError:
            raise
        except Exception as error:
            path = _file_of(self._url)
            if path is None:
                raise StorageError(
                    "The queue's database cannot be used.", "Check DATABASE_URL and that the server is up."
                ) from error
            logger.warning("the queue's file could not be opened (%s): begun anew", type(error).__name__)
            self.close()
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._launch()

    def _launch(self) -> None:
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

        from bot.background import workflow

        logging.getLogger("dbos").addFilter(_quiet)
        workflow.serve(self._conducted)
        config: DBOSConfig = {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "application_version": _VERSION,
            "executor_id": self._executor,
            "log_level": "WARNING",
            "serializer": DBOSPortableJSONSerializer(),
        }
        if _file_of(self._url) is not None:
            config["system_database_engine"] = _brisk_sqlite(self._url)
        DBOS(config=config)
        self.launched = True
        DBOS.listen_queues(list(self._queues))
        DBOS.launch()
        for name, most in self._queues.items():
            DBOS.register_queue(name, worker_concurrency=most, polling_interval_sec=_POLL_SECONDS)
        self.ready = True

    async def _conducted(self, run_id: str) -> None:
        """Let the run's own loop do the work, and wait for it in the engine's.

        The work does not know that it is a step: a step may not queue anything, and a run queues its shards.
        """
        apart = contextvars.Context()
        work = apart.run(asyncio.run_coroutine_threadsafe, self._conduct(run_id), self._loop)
        await asyncio.wrap_future(work)

    def enqueue(self, run_id: str, attempt: int, queue: str = RUNS) -> None:
        """Queue the run's work; the same attempt again changes nothing. Blocks for a moment."""
        from dbos import DBOS, SetWorkflowID

        from bot.background import workflow

        with SetWorkflowID(_workflow_id(run_id, attempt)):
            DBOS.enqueue_workflow(queue, workflow.conduct_run, run_id)

    def fate(self, run_id: str, attempt: int) -> Fate:
        """Return what the queue knows of an attempt. Blocks."""
        from dbos import DBOS

        status = DBOS.get_workflow_status(_workflow_id(run_id, attempt))
        if status is None:
            return "unknown"
        if status.status in _DEAD:
            return "given up"
        return "ended" if status.status == "SUCCESS" else "open"

    def take_over(self, living: Collection[str]) -> list[str]:
        """Queue again what processes left that are not among the ``living`` names. Blocks."""
        return self._resume([flow for flow in _under_way() if flow.executor_id not in living])

    def take_up_dropped(self, mine: Callable[[], Collection[str]]) -> list[str]:
        """Queue again what this process holds without working on it. Blocks.

        That is so after it had to let go of a run that nobody took. ``mine`` tells the runs that it
        works on; a run counts as dropped when it was held before and after the question.
        """
        held = {flow.workflow_id for flow in _under_way(self._executor)}
        if not self._dropped & held:
            self._dropped = {flow for flow in held if _run_id(flow) not in mine()}
            return []
        again = [
            flow
            for flow in _under_way(self._executor)
            if flow.workflow_id in self._dropped and _run_id(flow.workflow_id) not in mine()
        ]
        self._dropped = set()
        return self._resume(again)

    def _resume(self, flows: Sequence[WorkflowStatus]) -> list[str]:
        from dbos import DBOS

        for flow in flows:
            DBOS.resume_workflow(flow.workflow_id, queue_name=flow.queue_name or RUNS)
        return [_run_id(flow.workflow_id) for flow in flows]

    def close(self) -> None:
        """Leave everything where it is and end; the work that is under way is cancelled."""
        if not self.launched:
            return
        from dbos import DBOS

        self.launched = self.ready = False
        DBOS.destroy()


def _workflow_id(run_id: str, attempt: int) -> str:
    return f"{run_id}.{attempt}"


def _run_id(workflow_id: str) -> str:
    return workflow_id.rpartition(".")[0]


def _under_way(executor: str | None = None) -> list[WorkflowStatus]:
    from dbos import DBOS

    return DBOS.list_workflows(status="PENDING", name="conduct_run", executor_id=executor, load_output=False)


def _file_of(url: str) -> Path | None:
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def sqlite_url(folder: Path) -> str:
    """Return the address of the queue's own file in the data folder."""
    return f"sqlite:///{(folder / 'queue.sqlite').resolve()}"


_LOST_CONNECTION = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""So that a connection that broke without a word is noticed within half a minute: the system's own defaults
wait for a quarter of an hour (https://www.postgresql.org/docs/current/libpq-connect.html; s, s, tries, ms)."""


def postgres_url(url: str) -> str:
    """Return the address of the shared database as queue and tables want it; what it sets itself stays.

    Raises:
        ConfigError: it is none of PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql") or not separator:
        raise ConfigError(
            "DATABASE_URL is not the address of a PostgreSQL database.", "Leave it out for SQLite."
        )
    where, _, query = rest.partition("?")
    given = [part for part in query.split("&") if part]
    names = {part.partition("=")[0] for part in given}
    added = [f"{name}={value}" for name, value in _LOST_CONNECTION.items() if name not in names]
    return f"postgresql://{where}?{'&'.join(given + added)}"


def _brisk_sqlite(url: str) -> SqlEngine:
    """Return an engine with a write-ahead log: the default syncs for every step, up to ten times slower."""
    import sqlalchemy as sa

    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepared(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _quiet(record: logging.LogRecord) -> bool:
    """Drop what the engine says of work that is cancelled because the process ends: that is the plan."""
    error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
    return "task cancelled" not in record.getMessage() and "Cancelled" not in error
