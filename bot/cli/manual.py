"""The page ``docs/commands.md``, made from the commands themselves: ``python -m bot.cli.manual``."""

from __future__ import annotations

import click

from bot.cli.main import COMMANDS, cli

_HEAD = """# Commands

Made from the commands themselves by `make docs`; a test compares the two.

Exit codes: 0 done (whatever the verdict), 1 something is wrong on our side or a check failed, 2 bad input or
setting, 3 a model cannot be reached or refuses.
"""


def manual() -> str:
    """Return the page as Markdown."""
    context = click.Context(cli)
    pages = [_HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            pages.append(_page(name, command))
    return "\n".join(pages)


def _page(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"promptbeam {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [
        f"## promptbeam {name}",
        "",
        f"`promptbeam {name} {usage}`",
        "",
        _paragraphs(command.help or ""),
        "",
    ]
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        lines += ["| option | meaning | default |", "|---|---|---|"]
        lines += [_row(option) for option in options]
        lines.append("")
    return "\n".join(lines)


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    shown = option.default if option.show_default and not callable(option.default) else ""
    return f"| {names} | {option.help or ''} | {'' if shown in (None, '', ()) else shown} |"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


if __name__ == "__main__":
    click.echo(manual(), nl=False)
