"""`python -m sandbox.workspace`: start a workspace and say where it is."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.workspace.options import Options
from sandbox.workspace.seed import SeedError, load_seed, promptbeam_seed
from sandbox.workspace.server import start_server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.workspace", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument(
        "--data", type=Path, help="unused for now: the workspace forgets everything at its end"
    )
    parser.add_argument("--examples", type=Path, help="folder with sample tasks for the page to offer")
    parser.add_argument(
        "--seed", type=Path, metavar="FILE.json", help="people, channels and app to start with"
    )
    parser.add_argument(
        "--request-url", help="deliver by signed HTTP requests to this URL, not by Socket Mode"
    )
    parser.add_argument("--rate-limits", choices=("on", "off"), default="on", help="Slack's rate limits")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input closes")
    return parser


async def _serve(options: Options, *, exit_with_parent: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await start_server(options)
    print(json.dumps(server.ready_line()), flush=True)
    if exit_with_parent:
        threading.Thread(target=_watch_input, args=(loop, ended), daemon=True).start()
    await ended.wait()
    await server.close()


def _watch_input(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(ended.set)


def main() -> int:
    """Run until told to stop; the exit status is 2 for a seed that cannot be used."""
    arguments = _parser().parse_args()
    try:
        seed = promptbeam_seed()
        if arguments.seed:
            seed = load_seed(arguments.seed, seed)
    except SeedError as error:
        print(f"seed: {error}", file=sys.stderr)
        return 2
    options = Options(
        host=arguments.host,
        port=arguments.port,
        request_url=arguments.request_url,
        examples=arguments.examples,
        seed=seed,
        rate_limits=arguments.rate_limits == "on",
    )
    asyncio.run(_serve(options, exit_with_parent=arguments.exit_with_parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
