"""A bot that two workspaces and an organisation can install, over signed HTTP and Slack's OAuth."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from bot.oauth_settings import REDIRECT_PATH, SCOPES, OAuthClient
from bot.slack.app import RunningBot
from sandbox.model.runner import RunningModel
from sandbox.workspace.clock import SystemClock
from sandbox.workspace.grants import AppCredentials, Grants
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed
from sandbox.workspace.several import SeveralWorkspaces
from storage.store import Store
from tests.bot.office import Office, bot_at_work, settings_for

FIRST, SECOND, ORGANISATION = "T0SANDBOX1", "T0SECOND01", "E0ORGANISE1"
EVENTS = (*Seed().events, "app_uninstalled", "tokens_revoked", "team_access_revoked")
SECRET = "shared-signing-secret"


@dataclass(frozen=True, slots=True)
class Several:
    """Slack with its workspaces, the bot, and what a browser does."""

    slack: SeveralWorkspaces
    offices: dict[str, Office]
    bot: RunningBot
    store: Store
    base: str

    def begin(self) -> tuple[str, str]:
        """Open the install page: the address that leads to Slack, and the browser's cookie."""
        page = httpx.get(f"{self.base}/slack/install")
        assert page.status_code == 200, page.text
        link = re.search(r'href="([^"]+)"', page.text)
        assert link is not None
        return unescape(link[1]), page.headers["set-cookie"].partition(";")[0]

    def agree(self, url: str, key: str) -> str:
        """Agree at Slack: the address that the browser is sent back to."""
        sent = httpx.get(url, params={**dict(httpx.URL(url).params), "team": key})
        assert sent.status_code == 302, sent.text
        return str(sent.headers["location"])

    def come_back(self, url: str, cookie: str) -> httpx.Response:
        """Follow the way back from Slack."""
        return httpx.get(url, headers={"cookie": cookie} if cookie else {})

    def install(self, key: str) -> httpx.Response:
        """Install the bot in a workspace or organisation, as a person does."""
        url, cookie = self.begin()
        answer = self.come_back(self.agree(url, key), cookie)
        assert answer.status_code == 200, answer.text
        return answer

    def token(self, key: str) -> str:
        """The token that is stored for a workspace."""
        found = self.store.workspaces.get(key)
        return "" if found is None else found.token

    def wait(self, look: Any, what: str, timeout: float = 30.0) -> Any:
        """Wait until something is so."""
        return self.offices[FIRST].workspace.wait(look, timeout, what)


def seed_of(team: str, **changes: Any) -> Seed:
    """People and channels have the same ids in every workspace: nothing but the team tells them apart."""
    name = team.lower()
    return replace(Seed(), team_id=team, team_name=name, signing_secret=SECRET, events=EVENTS, **changes)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def several(
    folder: Path,
    *seeds: Seed,
    rotation: bool = False,
    grace_days: float = 30,
    allowed: tuple[str, ...] = (),
    **settings: Any,
) -> Iterator[Several]:
    """Workspaces of these seeds, one Slack in front of them, and a bot that none has installed yet."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    redirect = base + REDIRECT_PATH
    options = Options(rate_limits=False, request_url=f"{base}/slack/events", event_retry_seconds=(0.2, 0.5))
    app = AppCredentials("111.222", "the-client-secret", redirect, ",".join(SCOPES))
    oauth = OAuthClient(app.client_id, app.client_secret, redirect, grace_days, frozenset(allowed))
    with ExitStack() as stack:
        model = stack.enter_context(RunningModel())
        running = [
            stack.enter_context(RunningWorkspace(replace(options, seed=seed)))
            for seed in seeds or (seed_of(FIRST), seed_of(SECOND))
        ]
        slack = stack.enter_context(SeveralWorkspaces(running, Grants(app, SystemClock(), rotation=rotation)))
        given = settings_for(
            running[0],
            model,
            folder,
            **{
                "mode": "http",
                "bot_token": "",
                "app_token": "",
                "signing_secret": SECRET,
                "port": port,
                "api_url": slack.api_url,
                "oauth": oauth,
                **settings,
            },
        )
        bot, store = stack.enter_context(bot_at_work(given))
        stack.enter_context(bot.housekeeping)
        offices = {one.workspace.seed.team_id: Office(one, model, bot, store) for one in running}
        yield Several(slack, offices, bot, store, base)
