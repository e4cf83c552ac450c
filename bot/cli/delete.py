"""``promptbeam delete``: a run with everything that came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.opening import open_store
from bot.cli.saying import say

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
    with open_store(os.environ) as store, reaching_outside(store, env):
        say(summary(store.eraser.erase(name, Viewer(user="", team="", everything=True))))
        delete_uploads(store, env)


@contextmanager
def reaching_outside(store: Store, env: Mapping[str, str]) -> Iterator[None]:
    """Let deletions reach the shared database, shards and evolved rows as well, for as long as the block lasts.

    Raises:
        ConfigError: a setting cannot be used.
        StorageError: the shared database cannot be reached.
    """
    from bot.background.large_data import LargeData
    from bot.background.outside import OutsideStore
    from bot.background.sharing import open_shared

    with open_shared(env.get("DATABASE_URL", "").strip(), store, 60.0) as shared:
        store.eraser.reach(OutsideStore(store, shared.exchange, LargeData.from_env(env)))
        yield


def summary(erased: Erased) -> str:
    """Say what was deleted."""
    left = f" {erased.left} runs are left: the log says what is out of reach." if erased.left else ""
    return (
        f"Deleted {erased.runs} runs, {erased.prompts} prompts, {erased.calls} paid answers "
        f"and {erased.files} result files.{left}"
    )


def delete_uploads(store: Store, env: Mapping[str, str]) -> None:
    """Delete at Slack what is to be deleted there, now if this machine has the bot's token, else later."""
    from bot.background.housekeeping import remove_uploads

    if not store.uploads.doomed():
        return
    if env.get("SLACK_BOT_TOKEN", "").strip() and not env.get("SLACK_REDIRECT_URI", "").strip():
        from bot.slack.upload_remover import remover_from_env

        gone = remove_uploads(store.uploads, remover_from_env(env))
        say(f"Deleted {gone} uploaded files at Slack.")
    left = len(store.uploads.doomed())
    if left:
        say(f"{left} uploaded files are left at Slack; the bot deletes them when it runs.")
