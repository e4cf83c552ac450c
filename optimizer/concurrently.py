"""Running coroutines side by side, with results in the order they were given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """Give a group for tasks that live inside the block; failures as in ``together``."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise _first(failures) from None


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all ``calls`` at once; the result's order is theirs, not that of completion.

    Raises:
        The first failure; the other calls are cancelled then.
    """
    async with side_by_side() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]


async def both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Run two coroutines of different kinds side by side; failures as in ``together``."""
    async with side_by_side() as group:
        first = group.create_task(one)
        second = group.create_task(other)
    return first.result(), second.result()


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
