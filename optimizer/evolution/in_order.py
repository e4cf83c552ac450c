"""Working on a long stream of items many at a time, giving the results back in order, in bounded memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")

_READ_AT_ONCE = 128
_TAKEN_AT_ONCE = 32
_TAKEN_EVERY = 0.25
"""Results are taken so many at once, or after so many seconds: writing each by itself would cost a thread switch."""


async def work_in_order(
    items: Iterator[T],
    work: Callable[[T], Coroutine[Any, Any, U]],
    take: Callable[[list[U]], Awaitable[None]],
    window: int,
) -> None:
    """Work on ``items``, at most ``window`` begun and not yet taken; ``take`` gets results in order.

    ``items`` is read in another thread, a few at a time. A failed item ends everything when its turn
    comes: what was before it has been taken, what is behind it is cancelled.
    """
    unread: deque[T] = deque()
    begun: deque[asyncio.Task[U]] = deque()
    ready: list[U] = []
    enough = max(1, min(_TAKEN_AT_ONCE, window // 8))
    clock = asyncio.get_running_loop().time
    taken_at, ended = clock(), False
    try:
        while True:
            while len(begun) + len(ready) < window and not (ended and not unread):
                if not unread:
                    unread.extend(await in_thread(lambda: list(islice(items, min(_READ_AT_ONCE, window)))))
                    ended = not unread
                    continue
                begun.append(asyncio.create_task(work(unread.popleft())))
            if not begun:
                return
            await asyncio.wait((begun[0],))
            while begun and begun[0].done():
                ready.append(begun[0].result())
                begun.popleft()
            if len(ready) >= enough or clock() - taken_at >= _TAKEN_EVERY:
                now, ready = ready, []
                await take(now)
                taken_at = clock()
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
        if ready:
            await take(ready)


async def in_thread(job: Callable[[], T]) -> T:
    """Run a blocking ``job`` in a thread. When the caller is cancelled it waits for the job all the same.

    So a file is never written or read by a thread that nobody knows of any more.
    """
    running = asyncio.ensure_future(asyncio.to_thread(job))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise
