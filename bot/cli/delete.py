"""``promptbeam delete``: a run with everything that came of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

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
    with open_store(os.environ) as store:
        left = rows_left(store, name)
        erased = store.eraser.erase(name, Viewer(user="", team="", everything=True))
        delete_rows(store, name, left, env)
        say(summary(erased))
        delete_uploads(store, env)


def rows_left(store: Store, run_id: str) -> Mapping[str, Any]:
    """Return the request of an evolution that keeps rows outside the database; empty for anything else."""
    from optimizer.errors import InputError

    try:
        run = store.runs.get(run_id)
    except InputError:
        return {}
    return run.request if run.kind == "evolve" and "data_path" in run.request else {}


def delete_rows(store: Store, run_id: str, request: Mapping[str, Any], env: Mapping[str, str]) -> None:
    """Delete the evolved rows in the data folder, the parts at an address, and paid answers that were shared."""
    if not request:
        return
    from bot.background.sharing import open_shared
    from bot.cli.evolution_shards import clear_away

    (store.folder / "evolved" / f"{run_id}.jsonl").unlink(missing_ok=True)
    clear_away(request)
    url = env.get("DATABASE_URL", "").strip()
    if url and request.get("shard_rows"):
        with open_shared(url, store, 60.0) as shared:
            shared.exchange.erase(run_id)


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
        say(f"Deleted {gone} uploaded files at Slack.")
    left = len(store.uploads.doomed())
    if left:
        say(f"{left} uploaded files are left at Slack; the bot deletes them when it runs.")
