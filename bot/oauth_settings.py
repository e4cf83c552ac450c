"""What installing the bot in several workspaces needs: the app's credentials and where people come back to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from optimizer.errors import ConfigError

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
OAUTH_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_REDIRECT_URI")
REVOKED_GRACE_DAYS = 30
SCOPES = (
    *("app_mentions:read", "channels:history", "channels:read", "chat:write", "commands", "files:read"),
    *("files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history"),
    *("mpim:read", "reactions:read", "reactions:write", "users:read"),
)
"""What the bot asks for, as in ``deploy/manifest.http.yaml``; a test compares the two."""
_WORKSPACE_ID = re.compile(r"[TE][A-Z0-9]{2,}")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The Slack app as its installers meet it. ``grace_days`` is how long data outlives revoked tokens."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    grace_days: float = REVOKED_GRACE_DAYS
    allowed: frozenset[str] = frozenset()
    """Team and enterprise ids that may install the bot and are served; empty lets everybody."""

    def allows(self, *ids: str) -> bool:
        """Whether an installation is let in: by any of its ids, its own or its organisation's."""
        return not self.allowed or any(one in self.allowed for one in ids)

    @property
    def install_url(self) -> str:
        """Where people install the bot."""
        return self.redirect_uri.removesuffix(REDIRECT_PATH) + INSTALL_PATH


def oauth_client_from_env(env: Mapping[str, str]) -> OAuthClient | None:
    """Return the app's credentials; None when the bot is meant for one workspace, with a token of its own.

    ``SLACK_REDIRECT_URI`` is what switches installs on. The other two alone mean nothing beside a bot token:
    many copy them from the app's page with the rest.

    Raises:
        ConfigError: one of the three is missing or unusable; the message names it.
    """
    found = {name: env.get(name, "").strip() for name in OAUTH_VARIABLES}
    if not found["SLACK_REDIRECT_URI"] and (
        env.get("SLACK_BOT_TOKEN", "").strip() or not any(found.values())
    ):
        return None
    for name, value in found.items():
        if not value:
            raise ConfigError(
                f"{name} is missing; installs in several workspaces need {', '.join(OAUTH_VARIABLES)}.",
                "Copy id and secret from the app's page (Basic Information, App Credentials); the redirect "
                f"address is yours, with {REDIRECT_PATH} at its end.",
            )
    return OAuthClient(
        found["SLACK_CLIENT_ID"],
        found["SLACK_CLIENT_SECRET"],
        _redirect_uri(found["SLACK_REDIRECT_URI"]),
        _grace_days(env),
        _allowed(env),
    )


def _allowed(env: Mapping[str, str]) -> frozenset[str]:
    allowed = frozenset(env.get("ALLOWED_WORKSPACES", "").replace(",", " ").split())
    for one in sorted(allowed):
        if not _WORKSPACE_ID.fullmatch(one):
            raise ConfigError(
                f"ALLOWED_WORKSPACES holds {one!r}, which is no id of a workspace.",
                "Give team ids (T0123456789) or, for whole organisations, enterprise ids (E0123456789).",
            )
    return allowed


def _redirect_uri(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ConfigError(
            "SLACK_REDIRECT_URI is not a web address.",
            f"Give one like https://bot.example.com{REDIRECT_PATH}.",
        )
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise ConfigError(
            "SLACK_REDIRECT_URI is not https.",
            "Slack sends people back over https only; put a proxy in front.",
        )
    if not parts.path.endswith(REDIRECT_PATH) or parts.query or parts.fragment:
        raise ConfigError(
            f"SLACK_REDIRECT_URI does not end in {REDIRECT_PATH}.",
            f"That is the path the bot answers at: https://{parts.netloc}{REDIRECT_PATH}.",
        )
    return uri


def _grace_days(env: Mapping[str, str]) -> float:
    raw = env.get("REVOKED_GRACE_DAYS", "").strip()
    if not raw:
        return REVOKED_GRACE_DAYS
    if not raw.isdecimal():
        raise ConfigError(f"REVOKED_GRACE_DAYS is {raw!r}.", "Give a whole number of days, 0 or more.")
    return float(raw)
