"""The crew that the queue is: shards offered to every process that shares it, followed to their ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from itertools import islice
from typing import Protocol, TypeVar

from bot.background.engine import Fate
from bot.background.shard_queue import shard_queue
from bot.background.shard_work import shard_request
from optimizer.control import RunControl
from optimizer.errors import InputError, ModelError, PromptbeamError
from optimizer.evolution.in_order import in_thread
from optimizer.instructions.folder import Folder
from optimizer.model.settings import ModelSettings
from storage.commands import Command
from storage.errors import StorageError
from storage.exchange import Exchange
from storage.shards import OpenShard, ShardTable
from storage.work import WorkOutcome

logger = logging.getLogger(__name__)

_OFFERED = 64
"""Shards of a run that wait or are worked on: enough for many processes, few enough for other runs' turns."""
_LOOK_SECONDS = 0.25
_LOOKS_BETWEEN_CHECKS = 40
_STOPPING_SECONDS = 60.0
_DATABASE_WAIT = 2.0
_DATABASE_TRIES = 150
T = TypeVar("T")


class ShardQueue(Protocol):
    """The durable queue as a crew needs it."""

    def enqueue(self, run_id: str, attempt: int, queue: str) -> None:
        """Queue the work on a shard; the same attempt again changes nothing. Blocks."""
        ...

    def fate(self, run_id: str, attempt: int) -> Fate:
        """Return what the queue knows of an attempt. Blocks."""
        ...


class QueueCrew:
    """Implements ``ShardCrew``. ``models`` tells where the shards' calls must go.

    ``team`` is the workspace whose journal they share with their run, None for a run at a terminal.
    """

    def __init__(
        self, exchange: Exchange, queue: ShardQueue, models: ModelSettings, *, team: str | None = None
    ) -> None:
        self._exchange, self._queue, self._models, self._team = exchange, queue, models, team
        self._table = ShardTable(exchange.database, exchange.runs, exchange.work)

    async def work(
        self,
        run_id: str,
        folder: Folder,
        numbers: Collection[int],
        control: RunControl,
        on_end: Callable[[int], None],
    ) -> None:
        """See ``ShardCrew.work``."""
        shift = _Shift(run_id, folder, on_end)
        try:
            await self._follow(shift, sorted(numbers), control)
        except asyncio.CancelledError:
            # A process that ends leaves the shards to others; a run that is stopped stops them.
            if control.cancelled:
                await self._stop(shift)
            raise
        except PromptbeamError:
            await self._stop(shift)
            raise

    async def dismiss(self, run_id: str) -> None:
        """See ``ShardCrew.dismiss``."""
        await self._patiently(lambda: self._table.forget(run_id))

    async def _follow(self, shift: _Shift, numbers: list[int], control: RunControl) -> None:
        waiting, paused, looks = iter(numbers), False, 0
        while True:
            if not control.paused:
                more = list(islice(waiting, _OFFERED - len(shift.open)))
                await self._patiently(lambda more=more: self._offer(shift, more))  # type: ignore[misc]
            if not shift.open and not control.paused:
                return
            if control.paused != paused:
                paused = control.paused
                await self._tell(shift, Command("pause" if paused else "resume"))
            await asyncio.sleep(_LOOK_SECONDS)
            shift.take(await self._patiently(lambda: self._table.ended(shift.run_id)))
            looks += 1
            if looks % _LOOKS_BETWEEN_CHECKS == 0:
                await self._patiently(lambda: self._check(shift))

    def _offer(self, shift: _Shift, numbers: list[int]) -> None:
        if not numbers:
            return
        wanted = {number: shard_request(shift.folder, number, self._team) for number in numbers}
        queue = shard_queue(self._models, shift.folder.address)
        for shard in self._table.offer(shift.run_id, wanted):
            self._queue.enqueue(shard.id, shard.attempt, queue)
            shift.open[shard.id] = shard

    def _check(self, shift: _Shift) -> None:
        """Queue again what the queue has lost or believes to have ended; an outcome would say so."""
        ended, held = self._table.ended(shift.run_id), self._exchange.work.holders()
        queue = shard_queue(self._models, shift.folder.address)
        for shard in list(shift.open.values()):
            fate = self._queue.fate(shard.id, shard.attempt)
            if shard.id in ended or fate == "open" or (fate == "unknown" and shard.id in held):
                continue
            logger.warning("the queue has lost shard %s (%s): it is queued again", shard.id, fate)
            attempt = shard.attempt if fate == "unknown" else self._exchange.work.reopen(shard.id)
            self._queue.enqueue(shard.id, attempt, queue)
            shift.open[shard.id] = OpenShard(shard.id, shard.number, attempt)

    async def _stop(self, shift: _Shift) -> None:
        """Stop the open shards and wait for their ends: what was called for is paid, and is counted."""
        try:
            async with asyncio.timeout(_STOPPING_SECONDS):
                await self._tell(shift, Command("stop"))
                while shift.open:
                    await asyncio.sleep(_LOOK_SECONDS)
                    ended = await self._patiently(lambda: self._table.ended(shift.run_id))
                    shift.take(ended, strict=False)
        except TimeoutError:
            logger.warning("%d shards of run %s have not stopped yet", len(shift.open), shift.run_id)

    async def _tell(self, shift: _Shift, command: Command) -> None:
        ids = list(shift.open)

        def tell() -> None:
            for shard_id in ids:
                self._exchange.commands.add(shard_id, command)

        await self._patiently(tell)

    async def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask off the loop; a shared database that is away is waited for."""
        for _ in range(_DATABASE_TRIES if self._exchange.shared else 0):
            try:
                return await in_thread(ask)
            except StorageError as error:
                logger.warning("shards wait for the database: %s", error.message)
                await asyncio.sleep(_DATABASE_WAIT)
        return await in_thread(ask)


class _Shift:
    """The shards of one run that are open, while this process follows them."""

    def __init__(self, run_id: str, folder: Folder, on_end: Callable[[int], None]) -> None:
        self.run_id, self.folder = run_id, folder
        self.open: dict[str, OpenShard] = {}
        self._on_end = on_end

    def take(self, ended: dict[str, WorkOutcome], *, strict: bool = True) -> None:
        """Let go of the shards that have ended; ``strict`` makes one that failed an error."""
        failed: WorkOutcome | None = None
        for shard_id in self.open.keys() & ended.keys():
            shard, outcome = self.open.pop(shard_id), ended[shard_id]
            if outcome.message:
                failed = outcome
            else:
                self._on_end(shard.number)
        if failed is not None and strict:
            kind = ModelError if failed.again else InputError
            raise kind(failed.message, failed.fix)
