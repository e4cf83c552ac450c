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


async def work_in_order(
    items: Iterator[T],
    work: Callable[[T], Coroutine[Any, Any, U]],
    take: Callable[[list[U]], Awaitable[None]],
    window: int,
) -> None:
    """Work on ``items``, at most ``window`` begun or waiting to be taken; ``take`` gets results in order.

    ``items`` is read in another thread, a few at a time. A failed item ends everything when its turn
    comes: what was before it has been taken, what is behind it is cancelled.
    """
    unread: deque[T] = deque()
    begun: deque[asyncio.Task[U]] = deque()
    ended = False
    try:
        while True:
            while len(begun) < window and not (ended and not unread):
                if not unread:
                    some = await in_thread(lambda: list(islice(items, min(_READ_AT_ONCE, window))))
                    unread.extend(some)
                    ended = not some
                    continue
                begun.append(asyncio.create_task(work(unread.popleft())))
            if not begun:
                return
            await asyncio.wait((begun[0],))
            ready = []
            try:
                while begun and begun[0].done():
                    ready.append(begun[0].result())
                    begun.popleft()
            finally:
                if ready:
                    await take(ready)
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


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
