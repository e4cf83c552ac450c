"""``promptbeam bot``: the Slack bot, over Socket Mode or signed HTTP."""

from __future__ import annotations

import click


@click.command()
def bot() -> None:
    """Run the Slack bot until it is told to stop (SIGTERM or Ctrl-C).

    Settings come from the environment and .env; 'promptbeam doctor' checks them.
    """
    from bot.config import BotSettings, read_environment
    from bot.slack.serving import serve

    serve(BotSettings.from_env(read_environment()))
