"""``promptbeam prompts``: search the prompts of past runs from a terminal."""

from __future__ import annotations

import os

import click

from bot.cli.opening import open_store


@click.command()
@click.argument("words", nargs=-1)
@click.option("--show", metavar="PROMPT_ID", help="Print one prompt, whole.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most so many.")
def prompts(words: tuple[str, ...], show: str | None, limit: int) -> None:
    """List the prompts that fit WORDS best, the newest ones without any.

    This is for the owner of the machine: it sees every prompt in the data folder.
    """
    from storage.visibility import Viewer

    viewer = Viewer(user="", team="", everything=True)
    with open_store(os.environ) as store:
        if show:
            click.echo(store.prompts.get(show, viewer).text)
            return
        found = store.prompts.search(" ".join(words), viewer, limit)
    if not found:
        click.echo("No prompt found. Every finished run leaves its final prompt here.", err=True)
    for item in found:
        record = item.record
        gain = (
            f"{record.final_score - record.seed_score:+.0%} on {record.holdout_n}"
            if record.final_score is not None and record.seed_score is not None
            else "untested"
        )
        click.echo(f"{record.id}  {record.verdict:<9}  {gain:<12}  {record.title}  ({item.why})")
