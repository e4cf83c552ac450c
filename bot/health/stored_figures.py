"""Figures that are looked up whenever somebody asks: runs by kind and status, workers that live."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from storage.errors import StorageError
from storage.exchange import Exchange
from storage.shared_database import SharedDatabase

logger = logging.getLogger(__name__)


class StoredFigures(Collector):
    """Reads the bot's ``database`` and the workers of ``exchange``; a database that fails leaves a gap."""

    def __init__(self, database: SharedDatabase, exchange: Exchange) -> None:
        self._database = database
        self._exchange = exchange

    def describe(self) -> list[GaugeMetricFamily]:
        """Name the figures without looking them up."""
        return [_runs(), _waiting(), _under_way(), _workers()]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look the figures up."""
        try:
            counted = self._database.rows("SELECT kind, status, count(*) FROM runs GROUP BY kind, status")
            alive = len(self._exchange.workers.living())
        except StorageError as error:
            logger.warning("figures cannot be read: %s", error.message)
            return
        runs, waiting, under_way, workers = self.describe()
        for kind, status, count in counted:
            runs.add_metric((kind, status), count)
        waiting.add_metric((), sum(count for _, status, count in counted if status == "queued"))
        under_way.add_metric((), sum(count for _, status, count in counted if status == "running"))
        workers.add_metric((), alive)
        yield from (runs, waiting, under_way, workers)


def _runs() -> GaugeMetricFamily:
    return GaugeMetricFamily("promptbeam_runs", "Runs that are stored.", labels=("kind", "status"))


def _waiting() -> GaugeMetricFamily:
    return GaugeMetricFamily("promptbeam_queue_length", "Runs that wait for their turn.")


def _under_way() -> GaugeMetricFamily:
    return GaugeMetricFamily("promptbeam_runs_under_way", "Runs that are worked on, by any process.")


def _workers() -> GaugeMetricFamily:
    return GaugeMetricFamily("promptbeam_workers_alive", "Processes that take runs and are heard of.")
