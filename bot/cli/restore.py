"""``promptbeam restore``: a backup brought back, with what was there kept beside it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.cli.opening import data_folder, open_store
from bot.cli.saying import say


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the database that is there; it is kept beside.")
def restore(backup: Path, force: bool) -> None:
    """Bring back BACKUP, a file that 'promptbeam backup' wrote, and index it.

    A database that is there is replaced only with --force, in one step, and kept in a file beside. A
    bot that runs goes on with the restored state; runs that began after the backup are lost to it, so
    stop it first when you can.
    """
    from optimizer.errors import ModelError
    from storage.errors import StorageError
    from storage.restore import restore as bring_back

    done = bring_back(backup, data_folder(os.environ), force=force)
    say(f"Restored {done.backup.runs} runs and {done.backup.prompts} prompts.")
    if done.kept is not None:
        say(f"What was there before is kept in {done.kept}.")
    with open_store(os.environ) as store:
        try:
            say(f"Indexed {store.prompts.reindex()} prompts.")
        except (StorageError, ModelError) as error:
            say(f"Not indexed yet: {error.message} The next search sees to it.", err=True)
