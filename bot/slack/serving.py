"""Serves the Slack bot until it is told to stop."""

from __future__ import annotations

import logging
from functools import partial

from bot.background.only_bot import OnlyBot, StoppedWaiting
from bot.background.sharing import open_shared
from bot.config import BotSettings
from bot.health.metrics import Metrics
from bot.health.readiness import Readiness
from bot.health.side_server import side_server
from bot.logs import set_up_log, told_to_stop, wait_for_the_end
from bot.slack.app import SOCKET_LOGGER, RunningBot
from storage.errors import StorageError
from storage.store import Store

logger = logging.getLogger(__name__)


def serve(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or Ctrl-C; runs under way go on with the next start.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
        StorageError: the data folder cannot be used.
    """
    set_up_log()
    SOCKET_LOGGER.setLevel(logging.WARNING)
    metrics, readiness = Metrics(), Readiness()
    with (
        told_to_stop() as stop,
        side_server(settings.health, readiness, metrics),
        Store(settings.data, settings.embedder, chroma_url=settings.chroma_url) as store,
        open_shared(settings.database_url, store, settings.silent) as shared,
    ):
        try:
            with (
                OnlyBot(
                    settings.data, shared.exchange, stop, on_wait=partial(_say_waiting, readiness)
                ) as alone,
                RunningBot(settings, store, shared, metrics, lambda: alone.holds) as bot,
                bot.housekeeping,
            ):
                readiness.watch(*bot.checks)
                logger.info("ready")
                print("Promptbeam is ready.", flush=True)
                wait_for_the_end(stop, alone.lost)
                readiness.hold("it is stopping")
                print("Stopping; unfinished runs go on with the next start.", flush=True)
        except StoppedWaiting:
            print("Stopped while another bot was at work.", flush=True)
            return
    if alone.lost.is_set():
        raise StorageError(
            "The shared database could not be reached for too long, and another bot may be at work.",
            "Start this one again: it waits until it is the only one.",
        )


def _say_waiting(readiness: Readiness) -> None:
    readiness.hold("another bot is at work on the same data; this one waits until it ends")
    print("Another bot is at work here; waiting until it ends.", flush=True)
