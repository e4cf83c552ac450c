"""A bot at work for tests: the real one, on the local workspace and the simulated model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.config import BotSettings, Pace
from bot.slack.app import RunningBot
from optimizer.model.settings import ModelSettings
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.store import Store

EXAMPLES = Path(__file__).parents[2] / "examples"
TICKETS = (EXAMPLES / "support-tickets" / "tickets.csv").read_bytes()
PROMPT = (EXAMPLES / "support-tickets" / "prompt.txt").read_text()
UNDER_WAY = 100
"""Answers after which a run with ``PROMPT`` and ``TICKETS`` has told its start and is in its first round."""
BRISK = Pace(
    edits_per_minute=6_000, edit_spacing=0.05, post_spacing=0.001, post_burst=50, calls_per_minute=6_000
)


def settings_for(
    workspace: RunningWorkspace, model: RunningModel, folder: Path, **changes: Any
) -> BotSettings:
    """Settings of a bot in ``workspace`` that asks ``model``."""
    given: dict[str, Any] = {
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
        "signing_secret": workspace.signing_secret,
        "api_url": workspace.api_url,
        "data": folder,
        "pace": BRISK,
        "models": ModelSettings(
            task_model="simulated-small",
            optimizer_model="simulated-large",
            base_url=model.url,
            journal_scope="simulated",
            max_retries=1,
        ),
    }
    return BotSettings(**{**given, **changes})


@contextmanager
def bot_at_work(settings: BotSettings) -> Iterator[tuple[RunningBot, Store]]:
    """The bot, connected, until the block ends."""
    with Store(settings.data) as store, RunningBot(settings, store) as bot:
        yield bot, store


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that a test talks to."""

    workspace: RunningWorkspace
    model: RunningModel
    bot: RunningBot
    store: Store
    since: str = ""
    """Only messages after this timestamp are looked at, so that tests can share one office."""

    def from_now(self) -> Office:
        """The same office, blind to what was said so far."""
        stamps = [
            message["ts"]
            for channel in ("prompts", "general", "secret-lab")
            for message in self.workspace.messages(channel)
        ]
        return replace(self, since=max(stamps, default=""))

    def open_form(self, user: str = "alice", channel: str = "prompts", text: str = "") -> dict[str, Any]:
        """Type the command and return the modal."""
        self.workspace.slash(user, channel, f"/optimize {text}".strip())
        view: dict[str, Any] = self.workspace.view(user)
        return view

    def window(self, user: str, words: str = "", timeout: float = 20.0) -> dict[str, Any]:
        """The person's topmost modal, as soon as it is filled (and shows ``words``)."""

        def look() -> dict[str, Any] | None:
            view: dict[str, Any] = next(iter(self.workspace.views(user)[-1:]), {})
            filled = view and "One moment" not in shown(view["blocks"])
            return view if filled and words in shown(view) else None

        view: dict[str, Any] = self.workspace.wait(look, timeout, f"a filled window for {user}: {words}")
        return view

    def ask(self, user: str = "alice", channel: str = "prompts", **values: Any) -> dict[str, Any]:
        """Open the form, fill it in (tickets and their prompt unless told otherwise), submit it."""
        self.open_form(user, channel)
        filled = {"prompt": PROMPT, "examples": [("tickets.csv", TICKETS)], **values}
        answer: dict[str, Any] = self.workspace.submit(
            user, {name: value for name, value in filled.items() if value is not None}
        )
        return answer

    def says(self, words: str, channel: str = "prompts", timeout: float = 60.0) -> dict[str, Any]:
        """Wait for a message that shows ``words``."""
        return self.find(lambda message: words in shown(message), channel, timeout)

    def find(
        self, fits: Callable[[dict[str, Any]], bool], channel: str = "prompts", timeout: float = 60.0
    ) -> dict[str, Any]:
        """Wait for a message that ``fits``; on timeout show what there is."""
        try:
            found: dict[str, Any] = self.workspace.wait_for(
                lambda message: message["ts"] > self.since and fits(message), timeout, channel=channel
            )
            return found
        except TimeoutError as error:
            seen = "\n---\n".join(shown(message) for message in self.workspace.messages(channel))
            raise AssertionError(f"{error}; {channel} shows:\n{seen}") from error

    def card(self, channel: str = "prompts") -> dict[str, Any]:
        """Wait for the first message of a run, at whatever stage the run is by now."""
        return self.find(lambda message: "Run r-" in shown(message), channel)

    def let_go_when_closing(self) -> None:
        """Held answers go out once the bot, while it closes, has left its runs where they are."""
        worker = self.bot.service._worker
        assert worker._listening is not None
        worker._thread.loop.call_soon_threadsafe(
            worker._listening.add_done_callback, lambda _: self.model.control(hold_after=-1)
        )

    def thread(self, parent: dict[str, Any], channel: str = "prompts") -> list[dict[str, Any]]:
        """The replies of a thread."""
        replies: list[dict[str, Any]] = self.workspace.messages(channel, thread_ts=parent["ts"])
        return replies[1:]

    def reactions(self, ts: str, channel: str = "prompts") -> list[str]:
        """Names of the reactions on a message."""
        message = next(one for one in self.workspace.messages(channel) if one["ts"] == ts)
        return [one["name"] for one in message.get("reactions", ())]

    def redeliver(self, kind: str, times: int = 3) -> None:
        """Deliver the last payload of ``kind`` again, several times at once."""
        payload = next(one["payload"] for one in reversed(self.workspace.deliveries()) if one["kind"] == kind)
        gateway = self.workspace.workspace.gateway

        async def again() -> None:
            await asyncio.gather(*(gateway.ask(kind, payload) for _ in range(times)))

        self.workspace.run(again())

    def ended(self, run_id: str, timeout: float = 60.0) -> str:
        """Wait until the stored run has ended and return its status."""

        def look() -> str:
            status = self.store.runs.get(run_id).status
            return status if status in ("done", "failed", "cancelled") else ""

        status: str = self.workspace.wait(look, timeout, "the end of the run")
        return status


def shown(value: Any) -> str:
    """All texts of a message or view, in order."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        rest = [shown(item) for name, item in value.items() if isinstance(item, dict | list)]
        return "\n".join([*own, *(text for text in rest if text)])
    if isinstance(value, list):
        return "\n".join(text for text in map(shown, value) if text)
    return ""


def run_id_of(message: dict[str, Any]) -> str:
    """The run id that a first message shows."""
    found = re.search(r"Run (r-\w+)", shown(message))
    assert found is not None, shown(message)
    return found[1]
