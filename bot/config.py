"""The bot's settings: read once from the environment (and ``.env``), checked, then passed around."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.background.door import DailyBudget
from bot.background.large_data import LargeData
from bot.background.turns import Limits
from bot.health.settings import HealthSettings
from bot.oauth_settings import OAuthClient, oauth_client_from_env
from bot.slack_secrets import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, read_secrets
from optimizer.config import Budget
from optimizer.errors import ConfigError
from optimizer.model.settings import ModelSettings
from storage.embeddings import Embedder, HashEmbedder, embedder_from_env

SLACK_API = "https://slack.com/api/"
MEGABYTE = 1024 * 1024
Mode = Literal["socket", "http"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the bot may talk. Defaults stay below Slack's tiers with room for other instances.

    ``edits_per_minute`` bounds ``chat.update`` over the whole workspace, ``edit_spacing`` the seconds
    between two edits of one message, ``post_spacing`` the seconds between two posts in one channel
    (``post_burst`` posts may come at once), ``calls_per_minute`` every other method.
    """

    edits_per_minute: float = 40.0
    edit_spacing: float = 3.0
    post_spacing: float = 1.0
    post_burst: int = 3
    calls_per_minute: float = 60.0


@dataclass(frozen=True, slots=True)
class BotSettings:
    """Everything the bot must know before it starts. Secrets never appear in its text form."""

    bot_token: str = field(repr=False)
    models: ModelSettings
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    mode: Mode = "socket"
    oauth: OAuthClient | None = None
    """Set for several workspaces, which install the bot and bring their own tokens; over HTTP only."""
    api_url: str = SLACK_API
    port: int = 3000
    data: Path = Path(".promptbeam")
    limits: Limits = field(default_factory=Limits)
    daily: DailyBudget = field(default_factory=DailyBudget)
    max_file_bytes: int = 10 * MEGABYTE
    admin_users: frozenset[str] = frozenset()
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    embedder: Embedder = field(default_factory=HashEmbedder, repr=False)
    chroma_url: str = ""
    retention_days: int | None = None
    database_url: str = field(default="", repr=False)
    """PostgreSQL shared with workers; empty for the data folder alone."""
    worker_runs: int | None = None
    """Runs at once in this process when workers share them; None means all that the limits allow."""
    silent: float = 60.0
    large: LargeData = field(default_factory=LargeData)
    health: HealthSettings = field(default_factory=HealthSettings)
    optimize_command: str = "/optimize"
    evolve_command: str = "/evolve"
    prompts_command: str = "/prompts"

    @property
    def api_host(self) -> str:
        """Host (with port) that serves the Slack API."""
        return urlsplit(self.api_url).netloc

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> BotSettings:
        """Read the settings from environment variables; see ``.env.example`` for all of them.

        Raises:
            ConfigError: a variable is missing or unusable; the message names it.
        """
        mode = _mode(env)
        oauth = oauth_client_from_env(env) if mode == "http" else None
        needed = (APP_TOKEN,) if mode == "socket" else (SIGNING_SECRET,)
        secrets = read_secrets(env, needed if oauth else (BOT_TOKEN, *needed))
        settings = cls(
            bot_token=secrets.get(BOT_TOKEN.name, ""),
            app_token=secrets.get(APP_TOKEN.name, ""),
            signing_secret=env.get(SIGNING_SECRET.name, "").strip(),
            mode=mode,
            oauth=oauth,
            api_url=_api_url(env),
            port=_number(env, "PORT", 3000, at_least=0),
            data=Path(env.get("PROMPTBEAM_DATA", "").strip() or ".promptbeam"),
            limits=_limits(env),
            daily=_daily(env),
            max_file_bytes=_number(env, "MAX_FILE_MB", 10) * MEGABYTE,
            admin_users=_admins(env, several=oauth is not None),
            budget=_budget(env),
            embedder=embedder_from_env(env),
            chroma_url=env.get("CHROMA_URL", "").strip(),
            retention_days=retention_days(env),
            database_url=env.get("DATABASE_URL", "").strip(),
            worker_runs=_number(env, "WORKER_RUNS", -1, at_least=0) if env.get("WORKER_RUNS") else None,
            silent=silent_seconds(env),
            large=LargeData.from_env(env),
            health=HealthSettings.from_env(env),
            optimize_command=_command(env, "OPTIMIZE_COMMAND", "/optimize"),
            evolve_command=_command(env, "EVOLVE_COMMAND", "/evolve"),
            prompts_command=_command(env, "PROMPTS_COMMAND", "/prompts"),
            models=ModelSettings.from_env(env),
        )
        if oauth and settings.large.data:
            raise ConfigError(
                "PROMPTBEAM_DATA_ADDRESS is for one workspace: every workspace could read what lies there.",
                "Leave it out, or run a bot of its own for that workspace.",
            )
        return settings


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker must know: the models and the shared database, nothing of Slack."""

    database_url: str = field(repr=False)
    models: ModelSettings
    name: str
    slots: int = 4
    silent: float = 60.0
    budget: Budget = field(default_factory=Budget)
    large: LargeData = field(default_factory=LargeData)
    health: HealthSettings = field(default_factory=HealthSettings)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> WorkerSettings:
        """Read the settings from environment variables; ``docs/settings.md`` lists them.

        Raises:
            ConfigError: a variable is unusable; the message names it.
        """
        return cls(
            database_url=env.get("DATABASE_URL", "").strip(),
            models=ModelSettings.from_env(env),
            name=env.get("PROMPTBEAM_WORKER_NAME", "").strip() or f"{socket.gethostname()}-{os.getpid()}",
            slots=_number(env, "WORKER_RUNS", 4),
            silent=silent_seconds(env),
            large=LargeData.from_env(env),
            health=HealthSettings.from_env(env),
            budget=_budget(env),
        )


def silent_seconds(env: Mapping[str, str]) -> float:
    """Return after how many seconds without a heartbeat a worker counts as dead.

    Raises:
        ConfigError: WORKER_SILENT_SECONDS is no whole number above zero.
    """
    return float(_number(env, "WORKER_SILENT_SECONDS", 60))


def read_environment(folder: Path | None = None) -> dict[str, str]:
    """Return the process environment, completed by a ``.env`` file of the (current) folder."""
    stored = dotenv_values((folder or Path.cwd()) / ".env")
    return {**{name: value for name, value in stored.items() if value is not None}, **os.environ}


def retention_days(env: Mapping[str, str]) -> int | None:
    """Return how many days a run is kept after its end; None keeps it for ever.

    Raises:
        ConfigError: ``RETENTION_DAYS`` is not a whole number above zero.
    """
    return _number(env, "RETENTION_DAYS", 0, at_least=1) or None


def _mode(env: Mapping[str, str]) -> Mode:
    wanted = env.get("BOT_MODE", "").strip().lower()
    if wanted not in ("", "socket", "http"):
        raise ConfigError(f"BOT_MODE is {wanted!r}.", "Set it to socket or http, or leave it out.")
    if wanted == "http" or (
        not wanted and not env.get("SLACK_APP_TOKEN") and env.get("SLACK_SIGNING_SECRET")
    ):
        return "http"
    return "socket"


def _admins(env: Mapping[str, str], *, several: bool) -> frozenset[str]:
    admins = frozenset(env.get("ADMIN_USERS", "").replace(",", " ").split())
    bare = sorted(admin for admin in admins if "/" not in admin)
    if several and bare:
        raise ConfigError(
            f"ADMIN_USERS holds {bare[0]}, which does not tell the workspace.",
            "With several workspaces, write workspace and user: T0123456789/U0123456789.",
        )
    return admins


def _api_url(env: Mapping[str, str]) -> str:
    url = env.get("SLACK_API_URL", "").strip() or SLACK_API
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(
            "SLACK_API_URL is not a web address.", f"Give one like {SLACK_API}, or leave it out."
        )
    return url if url.endswith("/") else url + "/"


def _command(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, "").strip() or default
    if not (value.startswith("/") and 2 <= len(value) <= 32 and " " not in value):
        raise ConfigError(
            f"{name} is {value!r}.", f"Give a slash command of up to 32 characters, like {default}."
        )
    return value


def _number(env: Mapping[str, str], name: str, default: int, at_least: int = 1) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        value = at_least - 1
    if value < at_least:
        raise ConfigError(f"{name} is {raw!r}.", f"Give a whole number, {at_least} or more.")
    return value


def _limits(env: Mapping[str, str]) -> Limits:
    return Limits(
        service=_number(env, "MAX_CONCURRENT_RUNS", 4),
        per_workspace=_number(env, "MAX_RUNS_PER_WORKSPACE", 0, at_least=1) or None,
        per_person=_number(env, "MAX_RUNS_PER_PERSON", 0, at_least=1) or None,
        waiting=_number(env, "MAX_WAITING_RUNS", 100),
    )


def _daily(env: Mapping[str, str]) -> DailyBudget:
    return DailyBudget(
        person=_money(env, "BUDGET_PERSON_USD_PER_DAY"),
        workspace=_money(env, "BUDGET_WORKSPACE_USD_PER_DAY"),
    )


def _budget(env: Mapping[str, str]) -> Budget:
    return Budget(
        calls=_number(env, "BUDGET_CALLS", 0, at_least=1) or None,
        tokens=_number(env, "BUDGET_TOKENS", 0, at_least=1) or None,
        cost=_money(env, "BUDGET_USD"),
    )


def _money(env: Mapping[str, str], name: str) -> float | None:
    raw = env.get(name, "").strip()
    if not raw:
        return None
    try:
        value = float(raw)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise ConfigError(f"{name} is {raw!r}.", "Give an amount in US dollars above zero, like 5 or 0.50.")
    return value
