"""Start the simulated model: ``python -m sandbox.model --port 0 --latency-ms 300``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import fields

from sandbox.model.faults import FaultSettings
from sandbox.model.server import ModelServer, start_server


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; every fault setting is an option."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.model",
        description="An OpenAI-compatible server with a simulated model. Prints one JSON line when ready.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes any free one")
    parser.add_argument("--seed", type=int, default=0, help="changes every random choice of the model")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when stdin closes")
    for field in fields(FaultSettings):
        kind = str if field.name == "require_key" else float
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, type=kind, default=field.default, help=f"default {field.default!r}")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace, settings: FaultSettings) -> None:
    """Run the server until a signal arrives, or stdin closes when that was asked for."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = ModelServer(settings, seed=options.seed)
    runner, port = await start_server(server, options.host, options.port)
    print(json.dumps({"ready": "model", "url": f"http://{options.host}:{port}/v1"}), flush=True)
    if options.exit_with_parent:
        threading.Thread(target=_watch_stdin, args=(loop, stop), daemon=True).start()
    await stop.wait()
    await runner.cleanup()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(stop.set)


def main() -> int:
    """Entry point; returns the exit status."""
    options = parse_arguments()
    try:
        settings = FaultSettings(
            **{field.name: getattr(options, field.name) for field in fields(FaultSettings)}
        )
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        asyncio.run(serve(options, settings))
    except OSError as error:
        print(f"error: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
