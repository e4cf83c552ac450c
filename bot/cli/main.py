"""The ``promptbeam`` command: its sub-commands, loaded when used, and its exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

import click

from bot.cli.saying import say
from optimizer.errors import ConfigError, InputError, ModelError, PromptbeamError

EXIT_BAD_INPUT = 2
EXIT_MODEL = 3
EXIT_FAULT = 1

COMMANDS: Mapping[str, tuple[str, str]] = {
    "optimize": ("bot.cli.optimize:optimize", "Improve a prompt from labelled examples."),
    "evolve-prompt": (
        "bot.cli.evolve_prompt:evolve_prompt",
        "Evolve a structured prompt as a whole, also without expected answers.",
    ),
    "compare": ("bot.cli.compare:compare", "Run several search algorithms side by side."),
    "evolve": ("bot.cli.evolve:evolve", "Evolve instruction data by a method that is improved first."),
    "evolve-compare": (
        "bot.cli.evolve_compare:evolve_compare",
        "Run Auto Evol-Instruct and Evol-Instruct side by side.",
    ),
    "demo": ("bot.cli.demo:demo", "Open the local workspace in a browser and try it; no keys needed."),
    "bot": ("bot.cli.bot:bot", "Run the Slack bot."),
    "worker": ("bot.cli.worker:worker", "Work on the bot's runs from another process or machine."),
    "status": ("bot.cli.status:status", "Show the queue, the workers and the runs."),
    "health": ("bot.cli.health:health", "Ask the bot or worker of this machine whether it can work."),
    "doctor": ("bot.cli.doctor:doctor", "Check tokens, scopes, models and storage; say how to mend them."),
    "prompts": ("bot.cli.prompts:prompts", "Search the prompts of past runs."),
    "export": ("bot.cli.export:export", "Write a stored prompt for another tool."),
    "workspaces": (
        "bot.cli.workspaces:workspaces",
        "List the workspaces that installed the bot, and those that left.",
    ),
    "backup": ("bot.cli.backup:backup", "Copy the database, also while the bot runs."),
    "restore": ("bot.cli.restore:restore", "Bring a backup back."),
    "delete": ("bot.cli.delete:delete", "Delete a run with everything that came of it."),
    "retention": ("bot.cli.retention:retention", "Delete what ended long ago."),
    "reindex": ("bot.cli.reindex:reindex", "Rebuild the search index from the database."),
}
"""Command -> (module:function, one line of help). The help shows without importing any of them."""


class _LazyGroup(click.Group):
    """Imports a command's module only when it runs: ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from ``COMMANDS`` alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="promptbeam")
def cli() -> None:
    """Improve prompts from examples, with a held-out test of every claim."""


def exit_code(error: PromptbeamError) -> int:
    """Return the process's exit code for an error: 2 bad input or setting, 3 the model, else 1."""
    if isinstance(error, InputError | ConfigError):
        return EXIT_BAD_INPUT
    if isinstance(error, ModelError):
        return EXIT_MODEL
    return EXIT_FAULT


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; errors that people can act on are told in two lines, without a traceback."""
    from dotenv import load_dotenv

    from bot.cli.words import CLI_WORDS

    load_dotenv(".env")
    try:
        return cli.main(args=arguments, prog_name="promptbeam")
    except PromptbeamError as error:
        say(f"promptbeam: {error.message}", err=True)
        if error.fix:
            say(f"  {error.fix_in(CLI_WORDS)}", err=True)
        sys.exit(exit_code(error))


if __name__ == "__main__":
    main()
