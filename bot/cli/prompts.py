"""``promptbeam prompts``: search the prompts of past runs from a terminal."""

from __future__ import annotations

import os
from datetime import UTC
from typing import Any, get_args

import click

from bot.cli.opening import open_store
from bot.cli.saying import say
from storage.prompt_record import PromptStatus
from storage.search_filters import TaskKind

KINDS, STATUSES = get_args(TaskKind), get_args(PromptStatus)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--show", metavar="PROMPT_ID", help="Print one prompt, whole.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most so many.")
@click.option("--owner", default="", metavar="USER_ID", help="Only prompts of this person.")
@click.option("--channel", default="", metavar="CHANNEL_ID", help="Only prompts made in this channel.")
@click.option("--kind", type=click.Choice(KINDS), help="Only prompts with answers of this kind.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only prompts made on this day or later (UTC)."
)
@click.option(
    "--gain", type=click.FloatRange(-100, 100), help="Only prompts that gained so many points or more."
)
@click.option("--status", type=click.Choice(STATUSES), help="Only prompts of this standing.")
def prompts(words: tuple[str, ...], show: str | None, limit: int, **narrowed: Any) -> None:
    """List the prompts that fit WORDS best, the newest ones without any.

    This is for the owner of the machine: it sees every prompt in the data folder.
    """
    from bot.background.method_keeping import lineage_line, methods_before
    from storage.search_filters import SearchFilters
    from storage.visibility import Viewer

    since, gain = narrowed.pop("since"), narrowed.pop("gain")
    filters = SearchFilters(
        since=None if since is None else since.replace(tzinfo=UTC).timestamp(),
        gain=None if gain is None else gain / 100,
        **narrowed,
    )

    viewer = Viewer(user="", team="", everything=True)
    with open_store(os.environ) as store:
        if show:
            record = store.prompts.get(show, viewer)
            say(record.text)
            if lineage := methods_before(store, record):
                say(f"Accepted on the way: {lineage_line(lineage)}", err=True)
            return
        found = store.prompts.search(" ".join(words), viewer, limit, filters=filters)
    if not found and filters.any:
        say("No prompt found. Try fewer filters.", err=True)
    elif not found:
        say("No prompt found. Every finished run leaves its final prompt here.", err=True)
    for item in found:
        record = item.record
        gained = (
            f"{record.final_score - record.seed_score:+.0%} on {record.holdout_n}"
            if record.final_score is not None and record.seed_score is not None
            else "untested"
        )
        say(
            f"{record.id}  {record.verdict:<9}  {record.status:<10}  {gained:<12}  {record.title}  ({item.why})"
        )
