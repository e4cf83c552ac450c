"""Awaiting work that somebody may stop at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from optimizer.control import RunControl
from optimizer.errors import RunCancelled

T = TypeVar("T")


async def stoppable(control: RunControl, work: Coroutine[Any, Any, T]) -> T:
    """Await ``work``; a cancelled ``control`` stops it at once instead of at its next call.

    Raises:
        RunCancelled: it was stopped.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    forget = control.when_cancelled(lambda: loop.call_soon_threadsafe(task.cancel))
    try:
        return await task
    except asyncio.CancelledError:
        if control.cancelled:
            raise RunCancelled("The run was stopped.") from None
        raise
    finally:
        forget()
        task.cancel()
