"""A process that does nothing but work on runs, until it is told to stop."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection

from bot.background.kinds import all_kinds, queued_kinds
from bot.background.large_data import AT_ONCE
from bot.background.sharing import open_shared
from bot.background.worker import RunWorker
from bot.config import WorkerSettings
from bot.health.database_check import database_check
from bot.health.metrics import Metrics
from bot.health.readiness import Readiness
from bot.health.side_server import side_server
from bot.logs import set_up_log, told_to_stop, wait_for_the_end

logger = logging.getLogger(__name__)


def serve(settings: WorkerSettings) -> None:
    """Work on the bot's runs until SIGTERM or Ctrl-C; what is under way then is taken over by others.

    Raises:
        ConfigError: there is no shared database, or a living worker has this name.
        StorageError: the database cannot be used.
    """
    set_up_log()
    _drop(settings.not_needed)
    metrics, readiness = Metrics(), Readiness()
    with (
        told_to_stop() as stop,
        side_server(settings.health, readiness, metrics),
        open_shared(settings.database_url, None, settings.silent) as shared,
    ):
        worker = RunWorker(
            shared.exchange,
            settings.models,
            queued_kinds(all_kinds(settings.budget, settings.large)),
            shared.engine_url,
            name=settings.name,
            slots=settings.slots,
            shards=AT_ONCE,
            metrics=metrics,
        )
        metrics.show(
            "promptbeam_work_here",
            "Runs, and shards of runs, that this process works on.",
            lambda: len(worker.busy),
        )
        try:
            worker.start()
            database = database_check(shared.exchange.database, "the shared database cannot be read")
            readiness.watch(database, worker.trouble)
            print(f"Worker {settings.name} is ready.", flush=True)
            wait_for_the_end(stop)
            readiness.hold("it is stopping")
            print("Stopping; runs under way go on elsewhere, or with the next start.", flush=True)
        finally:
            worker.close()


def _drop(names: Collection[str]) -> None:
    """Let go of secrets that a worker was given without need; nothing that it starts can have them then."""
    for name in names:
        os.environ.pop(name, None)
        logger.warning("a worker needs no %s: it is not used; take it out of this machine's settings", name)
