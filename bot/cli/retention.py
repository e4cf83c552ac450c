"""``promptbeam retention``: what ended long ago is deleted; the bot does the same every day."""

from __future__ import annotations

import os

import click

from bot.cli.delete import delete_uploads, reaching_outside, summary
from bot.cli.opening import open_store
from bot.cli.saying import say
from optimizer.errors import ConfigError


@click.command()
@click.option("--days", type=click.IntRange(1), help="Keep so many days; RETENTION_DAYS when left out.")
def retention(days: int | None) -> None:
    """Delete runs that ended more than --days (or RETENTION_DAYS) ago, as 'promptbeam delete' does.

    Prompts that were accepted stay until they are deleted by name.
    """
    from bot.config import read_environment, retention_days

    env = read_environment()
    keep = days or retention_days(env)
    if keep is None:
        raise ConfigError("Nothing says how long to keep runs.", "Set RETENTION_DAYS, or give --days.")
    with open_store(os.environ) as store, reaching_outside(store, env):
        say(summary(store.eraser.older_than(keep)))
        delete_uploads(store, env)
