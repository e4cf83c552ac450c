"""``promptbeam demo``: a local workspace in the browser, the real bot in it, no account needed."""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from bot.cli.saying import say
from optimizer.errors import ConfigError

_PREFERRED_PORT = 8642
_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@click.command()
@click.option("--port", type=int, help=f"Port of the workspace page; {_PREFERRED_PORT} or a free one.")
@click.option("--latency-ms", default=400, show_default=True, help="Answer time of the simulated model.")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
@click.option(
    "--real-model", is_flag=True, help="Use OPENAI_API_KEY and the real model instead of the simulated one."
)
def demo(port: int | None, latency_ms: int, browser: bool, real_model: bool) -> None:
    """Open a small Slack in the browser, with the bot in it and sample data at hand.

    Everything runs on this machine; the model is a simulated one unless --real-model is given or
    OPENAI_API_KEY is set.
    """
    from bot.cli.children import Child
    from bot.config import BotSettings
    from bot.slack.serving import serve

    port = _free_port() if port is None else port
    real = real_model or bool(os.environ.get("OPENAI_API_KEY"))
    if real and not (os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL")):
        raise ConfigError("--real-model needs a model.", "Set OPENAI_API_KEY or OPENAI_BASE_URL.")
    with ExitStack() as stack:
        model = None
        if not real:
            arguments = ["--port", "0", "--latency-ms", str(latency_ms)]
            model = stack.enter_context(Child("sandbox.model", arguments)).ready
        workspace = stack.enter_context(
            Child(
                "sandbox.workspace",
                ["--port", str(_free_port() if port is None else port), "--examples", str(_EXAMPLES)],
            )
        ).ready
        settings = BotSettings.from_env(demo_environment(os.environ, workspace, model))
        say(f"\n  Promptbeam demo: {workspace['url']}\n")
        say("  Type /optimize in #prompts, choose the sample files, and watch the thread.")
        say(f"  Model: {'the real one' if real else 'simulated, on this machine'}. Stop with Ctrl-C.\n")
        if browser:
            webbrowser.open(workspace["url"])
        serve(settings)


def demo_environment(
    env: Mapping[str, str], workspace: Mapping[str, Any], model: Mapping[str, Any] | None
) -> dict[str, str]:
    """Return the environment that points the bot at the sandbox; ``model`` None keeps the real model."""
    from bot.cli.simulated import OPTIMIZER_MODEL, TASK_MODEL

    made = {
        **env,
        "SLACK_API_URL": str(workspace["api_url"]),
        "SLACK_BOT_TOKEN": str(workspace["bot_token"]),
        "SLACK_APP_TOKEN": str(workspace["app_token"]),
        "SLACK_SIGNING_SECRET": str(workspace["signing_secret"]),
        "BOT_MODE": "socket",
        "PROMPTBEAM_DATA": str(Path(env.get("PROMPTBEAM_DATA", "").strip() or ".promptbeam") / "demo"),
    }
    if model is not None:
        made |= {
            "OPENAI_BASE_URL": str(model["url"]),
            "OPENAI_API_KEY": "",
            "PROMPTBEAM_TASK_MODEL": TASK_MODEL,
            "PROMPTBEAM_OPTIMIZER_MODEL": OPTIMIZER_MODEL,
            "PROMPTBEAM_JOURNAL_SCOPE": "simulated",
            "PROMPTBEAM_EMBEDDER": "hash",
        }
    return made


def _free_port() -> int:
    """Return the preferred port when it is free, else 0 (any)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _PREFERRED_PORT))
        except OSError:
            return 0
    return _PREFERRED_PORT
