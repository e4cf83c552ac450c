"""``promptbeam reindex``: the search index made anew from the database."""

from __future__ import annotations

import os

import click

from bot.cli.opening import open_store
from bot.cli.saying import say


@click.command()
def reindex() -> None:
    """Rebuild the search index from the database, which is the truth.

    Needed after the embedder was changed (PROMPTBEAM_EMBEDDER) or when search finds nothing.
    """
    with open_store(os.environ) as store:
        count = store.prompts.reindex()
    say(f"Indexed {count} prompts.")
