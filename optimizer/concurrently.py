"""Running coroutines side by side, with results in the order they were given."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all ``calls`` at once; the result's order is theirs, not that of completion.

    Raises:
        The first failure; the other calls are cancelled then.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [task.result() for task in tasks]


async def both(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Run two coroutines of different kinds side by side; failures as in ``together``."""
    try:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(one)
            second = group.create_task(other)
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return first.result(), second.result()


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
