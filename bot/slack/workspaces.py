"""Which workspaces the bot serves: one by a fixed token, or all that install it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk import WebClient

from bot.config import BotSettings
from bot.oauth_settings import INSTALL_PATH, REDIRECT_PATH
from bot.slack.authorizing import Authorize, authorize_by
from bot.slack.clients import API_TIMEOUT, Clients, OneClient, Whoami, whoami
from bot.slack.http_server import Page
from bot.slack.installing import Installing
from bot.slack.token_source import TokenSource
from storage.store import Store

LOCK_FILE = "slack-tokens.lock"


@dataclass(frozen=True, slots=True)
class Workspaces:
    """How the workspaces are reached, who the bot is there, and, where they are many, how they come in."""

    clients: Clients
    who: Callable[[str], Whoami]
    authorize: Authorize | None = None
    pages: Mapping[str, Page] = field(default_factory=dict)
    serves: Callable[[str], bool] = lambda team: True
    """Whether the operator lets a workspace in."""


def workspaces_of(settings: BotSettings, store: Store) -> Workspaces:
    """Return the workspaces that the settings are for.

    Raises:
        ConfigError: Slack refuses the bot token or cannot be reached.
    """
    if settings.oauth is None:
        client = WebClient(
            settings.bot_token, base_url=settings.api_url, timeout=API_TIMEOUT, retry_handlers=[]
        )
        bot = whoami(client)
        return Workspaces(OneClient(client), lambda team: bot)
    tokens = TokenSource(store.workspaces, settings.oauth, settings.api_url, store.folder / LOCK_FILE)
    installing = Installing(settings.oauth, settings.api_url, store.workspaces, store.oauth_states)
    return Workspaces(
        tokens,
        tokens.who,
        authorize_by(store.workspaces, tokens),
        {INSTALL_PATH: installing.handle_installation, REDIRECT_PATH: installing.handle_callback},
        tokens.serves_team,
    )
