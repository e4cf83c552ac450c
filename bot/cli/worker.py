"""``promptbeam worker``: works on the bot's runs, on this machine or another."""

from __future__ import annotations

import click


@click.command()
def worker() -> None:
    """Work on the runs of a bot that has the same DATABASE_URL, until told to stop.

    Needs the model's key and DATABASE_URL, no Slack token and no shared disk. Start as many as you
    like; the runs of one that dies are taken over by the others, and nothing is paid twice.
    """
    from bot.background.worker_process import serve
    from bot.config import WorkerSettings, read_environment

    serve(WorkerSettings.from_env(read_environment()))
