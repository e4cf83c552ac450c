"""How long Slack waits for the bot: commands, clicks and forms, with a Slack that answers and one that hangs."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.config import BotSettings
from bot.slack.app import RunningBot
from optimizer.model.settings import ModelSettings
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from storage.prompts import PromptRecord
from storage.runs import Place, RunRecord
from storage.store import Store

EACH = int(os.environ.get("BENCH_CLICKS", "100"))
HANGING_SECONDS = 4.0
_LOOKUPS = (
    *("conversations.list", "conversations.info", "conversations.members"),
    *("users.info", "users.conversations", "chat.getPermalink"),
)
_PROMPT = "p-bench"


def run() -> None:
    """Print the table."""
    print(f"{EACH} of each, one person after the other, {os.cpu_count()} cores\n")
    print("| Slack | commands: p50, p99, worst | clicks: p50, p99, worst | forms: p50, p99, worst |")
    print("|---|---|---|---|")
    for name, delay in (("answers", 0.0), (f"takes {HANGING_SECONDS:.0f} s for a lookup", HANGING_SECONDS)):
        with (
            RunningWorkspace(Options(rate_limits=False)) as workspace,
            tempfile.TemporaryDirectory() as folder,
            Store(Path(folder)) as store,
            RunningBot(_settings(workspace, Path(folder)), store) as bot,
        ):
            workspace.wait_for_app()
            _keep(workspace, store)
            print(f"| {name} | {' | '.join(_measure(workspace, bot, delay))} |")
            sys.stdout.flush()


def _settings(workspace: RunningWorkspace, folder: Path) -> BotSettings:
    return BotSettings(
        bot_token=workspace.bot_token,
        app_token=workspace.app_token,
        signing_secret=workspace.signing_secret,
        api_url=workspace.api_url,
        data=folder,
        models=ModelSettings(task_model="none", optimizer_model="none", base_url="http://127.0.0.1:9/v1"),
    )


def _keep(workspace: RunningWorkspace, store: Store) -> None:
    place = Place("T0SANDBOX1", workspace.channel_id("prompts"), "public", "1700000000.000100")
    owner = workspace.user_id("alice")
    store.runs.create(RunRecord("r-bench", "optimize", "done", owner, place, {}, 1.7e9))
    store.prompts.add(
        PromptRecord(
            *(
                _PROMPT,
                "r-bench",
                1,
                "Routing",
                "Which team? {ticket}",
                "Team? {ticket}",
                owner,
                place,
                False,
            ),
            *("better", 0.5, 0.75, 88, "label", "racing", 1.7e9),
        )
    )


def _measure(workspace: RunningWorkspace, bot: RunningBot, delay: float) -> list[str]:
    workspace.slash("alice", "prompts", "/prompts routing")
    found = workspace.wait_for(lambda message: "prompts.show" in str(message), 30)
    if delay:
        for method in _LOOKUPS:
            workspace.fail_next(method, delay=delay, count=100_000)
    figures = []
    acts: tuple[Callable[[], object], ...] = (
        lambda: workspace.slash("alice", "prompts", "/prompts routing"),
        lambda: workspace.click("alice", "prompts", found["ts"], "prompts.show"),
    )
    for act in acts:
        figures.append(_spread([_timed(bot, act) for _ in range(EACH)]))
        workspace.wait(lambda: not bot.pool.under_way, 120, "the end of the work")
    figures.append(_spread([_timed(bot, lambda: _submit(workspace)) for _ in range(EACH)]))
    return figures


def _submit(workspace: RunningWorkspace) -> dict[str, Any]:
    """Send the form for an export as Slack does; what it looks up is who sees the prompt."""
    from sandbox.workspace.people.identities import interaction

    person = workspace.user_id("alice")
    view = {
        "id": f"V{time.monotonic_ns()}",
        "type": "modal",
        "callback_id": "prompt.export.form",
        "private_metadata": _PROMPT,
        "blocks": [],
        "state": {"values": {}},
    }
    payload = workspace.inspect(lambda here: interaction(here.state, "view_submission", person))
    answer: dict[str, Any] = workspace.run(
        workspace.workspace.gateway.ask("interactive", payload | {"view": view, "response_urls": []})
    )
    return answer


def _timed(bot: RunningBot, act: Callable[[], object]) -> float:
    """Return the milliseconds until Slack has the acknowledgement of something that nothing is remembered for."""
    members = bot.desk.members
    for name in ("_channels", "_viewers", "_people"):
        getattr(members, name, {}).clear()
    before = time.monotonic()
    act()
    return (time.monotonic() - before) * 1000


def _spread(values: list[float]) -> str:
    values.sort()
    shares = (values[min(len(values) - 1, int(share * len(values)))] for share in (0.5, 0.99))
    return ", ".join(f"{one:.0f}" for one in (*shares, values[-1])) + " ms"
