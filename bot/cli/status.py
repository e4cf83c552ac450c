"""``promptbeam status``: the queue, who works on it, and how far each run is."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.saying import say

if TYPE_CHECKING:
    from storage.exchange import Exchange
    from storage.runs import RunRecord


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(as_json: bool) -> None:
    """Show the queue, the workers and the runs that have not ended.

    Reads the data folder and, with DATABASE_URL, what the bot shares with its workers.
    """
    from bot.config import read_environment

    told = survey(read_environment(), time.time())
    if as_json:
        say(json.dumps(told, indent=2))
        return
    say(f"Queue: {told['waiting']} waiting, {told['under_way']} under way.")
    say("Workers:" if told["workers"] else "Workers: none is alive.")
    for worker in told["workers"]:
        say(
            f"  {worker['name']:<24} {worker['host']:<20} {worker['busy']} of {worker['slots']} runs, "
            f"seen {worker['seen_seconds']:.0f} s ago{'' if worker['alive'] else '  (dead)'}"
        )
    say("Runs:" if told["runs"] else "Runs: all have ended.")
    for run in told["runs"]:
        say(
            f"  {run['id']:<12} {run['kind']:<9} {run['status']:<8} {run['owner']:<12} "
            f"{_age(run['age_seconds']):>6}  {_doing(run)}".rstrip()
        )


def survey(env: Mapping[str, str], now: float) -> dict[str, Any]:
    """Return what the command shows, as plain JSON values.

    Raises:
        StorageError: the data folder or the shared database cannot be used.
    """
    from contextlib import ExitStack

    from bot.background.sharing import open_shared
    from bot.cli.opening import data_folder
    from storage.store import Store

    url, folder = env.get("DATABASE_URL", "").strip(), data_folder(env)
    with ExitStack() as stack:
        store = stack.enter_context(Store(folder)) if _has_data(folder) or not url else None
        shared = stack.enter_context(open_shared(url, store, _silent(env)))
        runs = (store or shared.exchange).runs.unfinished()
        return _told(shared.exchange, [run for run in runs if run.place.kind != "terminal"], now)


def _has_data(folder: Path) -> bool:
    return (folder / "promptbeam.sqlite").exists()


def _silent(env: Mapping[str, str]) -> float:
    from bot.config import silent_seconds

    return silent_seconds(env)


def _told(exchange: Exchange, runs: list[RunRecord], now: float) -> dict[str, Any]:
    holders = exchange.work.holders()
    names = {worker.instance: worker.name for worker in exchange.workers.all()}
    lines = []
    for run in runs:
        progress, _ = exchange.work.state(run.id)
        lines.append(
            {
                "id": run.id,
                "kind": run.kind,
                "status": "running" if holders.get(run.id) else run.status,
                "owner": run.owner,
                "age_seconds": max(0.0, now - run.created_at),
                "worker": names.get(holders.get(run.id, ""), ""),
                "fraction": progress.fraction if progress else None,
                "doing": progress.doing if progress else "",
                "calls": progress.calls if progress else 0,
                "cost": progress.cost if progress else None,
            }
        )
    return {
        "waiting": sum(line["status"] == "queued" for line in lines),
        "under_way": sum(line["status"] == "running" for line in lines),
        "workers": [
            {
                "name": worker.name,
                "host": worker.host,
                "busy": worker.busy,
                "slots": worker.slots,
                "seen_seconds": worker.idle,
                "alive": worker.idle < exchange.workers.silent,
            }
            for worker in exchange.workers.all()
        ],
        "runs": lines,
    }


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _doing(run: Mapping[str, Any]) -> str:
    if run["fraction"] is None:
        return f"on {run['worker']}" if run["worker"] else ""
    cost = "" if run["cost"] is None else f", ${run['cost']:.2f}"
    return f"{run['fraction']:.0%} {run['doing']}, {run['calls']} calls{cost}, on {run['worker'] or 'nobody'}"
