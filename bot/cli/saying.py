"""Words to a person at a terminal: nothing that a model or a file says may steer it."""

from __future__ import annotations

import sys

import click

from bot.clean_text import clean


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print ``text``: as it is to a file or a pipe, without control characters to a terminal."""
    stream = sys.stderr if err else sys.stdout
    # Without ``color`` click takes what looks like colours out of a text that goes to a file.
    click.echo(clean(text) if stream.isatty() else text, err=err, nl=nl, color=True)
