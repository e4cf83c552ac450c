"""``promptbeam workspaces``: who installed the bot, who left, and what of it is still kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from bot.cli.opening import open_store
from bot.cli.saying import say
from optimizer.errors import InputError

if TYPE_CHECKING:
    from storage.workspaces import Departure, Installation


@click.group(invoke_without_command=True)
@click.pass_context
def workspaces(ctx: click.Context) -> None:
    """List the workspaces that installed the bot and those that left; tokens are never shown.

    Only where workspaces install the bot themselves (SLACK_REDIRECT_URI) there are any.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bot.config import read_environment

    with open_store(read_environment()) as store:
        installed, left = store.workspaces.all(), store.workspaces.departures()
    for one in installed:
        say(_installed(one))
    for departure in left:
        say(_left(departure))
    if not installed and not left:
        say("No workspace has installed the bot.")


@workspaces.command()
@click.argument("key", metavar="TEAM_ID|ENTERPRISE_ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(key: str, yes: bool) -> None:
    """Delete now what is kept of a workspace whose tokens were revoked, instead of when its days are over.

    A bot that runs stops its runs and deletes it with the next start or the next daily round; without
    runs under way it is deleted at once.
    """
    from bot.background.departures import Departures
    from bot.background.large_data import LargeData
    from bot.background.outside import OutsideStore
    from bot.background.sharing import open_shared
    from bot.config import read_environment, silent_seconds

    env = read_environment()
    if not yes:
        click.confirm(f"Delete everything that is kept of {key}?", abort=True)
    url = env.get("DATABASE_URL", "").strip()
    with open_store(env) as store, open_shared(url, store, silent_seconds(env)) as shared:
        if not store.workspaces.purge_now(key):
            raise InputError(
                f"Nothing of {key} waits to be deleted.",
                "Only a workspace that left can be purged: uninstall the bot there first.",
            )
        store.eraser.reach(OutsideStore(store, shared.exchange, LargeData.from_env(env)))
        if Departures(store, shared.exchange).purge() and not store.workspaces.due():
            say(f"Deleted everything of {key}.")
        else:
            say(
                f"Runs of {key} are under way or out of reach; the bot stops them and deletes the rest when it runs."
            )


def _installed(one: Installation) -> str:
    what = "organisation" if one.org_wide else "workspace"
    if not one.token:
        state = "has to install again (this is a restored backup)"
    elif one.expires_at is not None:
        state = "token rotates"
    else:
        state = "token does not expire"
    return f"{one.key}  {what}  {one.name}  installed {_day(one.installed_at)}  {state}"


def _left(departure: Departure) -> str:
    if departure.purged_at is not None:
        then = f"deleted {_day(departure.purged_at)}"
    else:
        then = f"data is kept until {_day(departure.purge_at)}"
    return f"{departure.key}  {departure.reason} {_day(departure.gone_at)}  {then}"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))
