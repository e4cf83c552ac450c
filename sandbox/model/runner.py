"""The simulated model in a thread of this process, for tests."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from sandbox.model.faults import FaultSettings
from sandbox.model.server import ModelServer, start_server


class RunningModel:
    """A context manager: the server listens inside the block, on its own thread and event loop.

    ``url`` is the base URL that an OpenAI client takes. Keyword arguments are the fields of
    ``FaultSettings``; ``control`` changes them while it runs.
    """

    def __init__(self, *, seed: int = 0, **settings: Any) -> None:
        self._server = ModelServer(FaultSettings(**settings), seed=seed)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._serve, name="simulated-model", daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    def stats(self, *, contents: bool = False) -> dict[str, Any]:
        """Return the counters, as ``GET /stats`` does."""
        return self._on_loop(lambda: self._server.counters.snapshot(contents=contents))

    def calls(self) -> list[dict[str, Any]]:
        """Return the last calls, as ``GET /calls`` does."""
        return list(self._on_loop(lambda: {"calls": self._server.counters.calls()})["calls"])

    def control(self, **changes: Any) -> dict[str, Any]:
        """Change fault settings from now on (``reset=True`` clears the counters); return all settings."""
        return self._on_loop(lambda: asdict(self._server.control(changes)))

    def _on_loop(self, ask: Any) -> dict[str, Any]:
        async def asked() -> dict[str, Any]:
            answer: dict[str, Any] = ask()
            return answer

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result(timeout=30)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._ready.set()
            self._loop.close()

    async def _run(self) -> None:
        try:
            runner, port = await start_server(self._server, "127.0.0.1", 0)
        except OSError as error:
            self._failure = error
            return
        self.url = f"http://127.0.0.1:{port}/v1"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()
