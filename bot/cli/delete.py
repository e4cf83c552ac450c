"""``promptbeam delete``: a run with everything that came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from bot.cli.opening import open_store

if TYPE_CHECKING:
    from storage.deletion import Erased
    from storage.store import Store


@click.command()
@click.argument("name", metavar="RUN_ID|PROMPT_ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete a run with its history, files, paid answers, prompts, lessons and uploads.

    A prompt's text is in the history of its run, so the id of a prompt deletes its run too. Files that
    were written with --out are deleted unless they were changed since. There is no way back but a backup.
    """
    from bot.config import read_environment
    from storage.visibility import Viewer

    if not yes:
        click.confirm(f"Delete {name} and everything that came of it?", abort=True)
    env = read_environment()
    with open_store(os.environ) as store:
        erased = store.eraser.erase(name, Viewer(user="", team="", everything=True))
        click.echo(summary(erased))
        delete_uploads(store, env)


def summary(erased: Erased) -> str:
    """Say what was deleted."""
    return (
        f"Deleted {erased.runs} runs, {erased.prompts} prompts, {erased.calls} paid answers "
        f"and {erased.files} result files."
    )


def delete_uploads(store: Store, env: Mapping[str, str]) -> None:
    """Delete at Slack what is to be deleted there, now if this machine has the bot's token, else later."""
    from bot.background.housekeeping import remove_uploads

    if not store.uploads.doomed():
        return
    if env.get("SLACK_BOT_TOKEN", "").strip() and not env.get("SLACK_REDIRECT_URI", "").strip():
        from bot.slack.upload_remover import remover_from_env

        gone = remove_uploads(store.uploads, remover_from_env(env))
        click.echo(f"Deleted {gone} uploaded files at Slack.")
    left = len(store.uploads.doomed())
    if left:
        click.echo(f"{left} uploaded files are left at Slack; the bot deletes them when it runs.")
