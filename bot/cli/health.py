"""``promptbeam health``: asks the bot or worker of this machine how it is; for containers and cron."""

from __future__ import annotations

import sys

import click

from bot.cli.saying import say


@click.command()
@click.option("--alive", is_flag=True, help="Ask only whether the process answers, not whether it can work.")
def health(alive: bool) -> None:
    """Ask the bot or worker of this machine whether it can work; exit code 1 when it cannot.

    It asks at PROMPTBEAM_HEALTH_PORT, which has to be that of the process, and prints what it is told.
    """
    from bot.config import read_environment
    from bot.health.asking import ask
    from bot.health.settings import HealthSettings

    ready, words = ask(HealthSettings.from_env(read_environment()), alive=alive)
    say(words, err=not ready)
    if not ready:
        sys.exit(1)
