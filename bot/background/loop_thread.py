"""An event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Started once, closed once; ``call`` and ``soon`` may be used from any other thread."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)

    def is_alive(self) -> bool:
        """Tell whether the loop runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def call(self, step: Coroutine[Any, Any, T], timeout: float = 45) -> T:
        """Run ``step`` in the loop and wait for what it returns, for at most ``timeout`` seconds."""
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(timeout=timeout)

    def soon(self, act: Callable[..., object], *values: Any) -> None:
        """Call ``act`` in the loop soon; nothing happens when the loop has ended."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(act, *values)

    def close(self) -> None:
        """End the loop and its thread."""
        if not self.is_alive():
            return
        self.call(self._shut_executor())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
        if not self.is_alive():
            self.loop.close()

    async def _shut_executor(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.loop.shutdown_default_executor(), timeout=10)


async def outcome_of(future: Future[T]) -> T:
    """Wait for a thread's future and return its result. Cancelling the wait leaves the future alone.

    ``asyncio.wrap_future`` would cancel it, and whoever fulfils it would stumble over that.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def wake(_: Future[T]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits any more
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()
    return future.result()
