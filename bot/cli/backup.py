"""``promptbeam backup``: a copy of the database, also while the bot runs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.cli.opening import open_store
from bot.cli.saying import say


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy the database to TARGET: a file that does not exist yet, or a folder.

    The bot may run meanwhile: the copy is one moment's state, checked. In a folder the file is named
    by the time. The search index is not copied, since it can be made anew. Slack tokens of workspaces
    that installed the bot are left out; restoring keeps those that are there.
    """
    with open_store(os.environ) as store:
        made = store.back_up(target)
        installed = len(store.workspaces.all())
    say(f"Wrote {made.path}: {made.runs} runs, {made.prompts} prompts, {made.size / 1e6:.1f} MB.")
    if installed:
        say(f"The Slack tokens of {installed} installations are not in it.")
