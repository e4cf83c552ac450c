"""A workspace uninstalls the bot, or its token is revoked: tokens go at once, the rest as settled.

https://docs.slack.dev/reference/events/app_uninstalled, tokens_revoked and team_access_revoked. Slack sends
the first two in any order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import App

from storage.spending import DAY
from storage.workspaces import Reason, WorkspaceTable

logger = logging.getLogger(__name__)

EVENTS = ("app_uninstalled", "tokens_revoked", "team_access_revoked")


class Leaving:
    """Ends installations. After an uninstall all data goes at once; after revoked tokens it is kept for
    ``grace_days``, in case the bot is installed again. ``wake`` lets the purge begin.
    """

    def __init__(self, workspaces: WorkspaceTable, grace_days: float, wake: Callable[[], None]) -> None:
        self._workspaces = workspaces
        self._grace = grace_days * DAY
        self._wake = wake

    def uninstalled(self, body: dict[str, Any]) -> None:
        """The bot was uninstalled."""
        self._leave(key_of(body), "uninstalled", body)

    def revoked(self, body: dict[str, Any]) -> None:
        """Tokens were revoked; those of people are none of ours."""
        if (body["event"].get("tokens") or {}).get("bot"):
            self._leave(key_of(body), "revoked", body)

    def shut_out(self, body: dict[str, Any]) -> None:
        """An organisation that installed the bot took it away from some of its workspaces."""
        for team in body["event"].get("team_ids") or ():
            self._leave(str(team), "uninstalled", body)

    def _leave(self, key: str, reason: Reason, body: dict[str, Any]) -> None:
        told_at = float(body.get("event_time") or 0)
        gone_at = told_at + 1.0  # Slack names the second, and this is its end
        purge_at = told_at + (self._grace if reason == "revoked" else 0.0)
        if self._workspaces.leave(key, reason, gone_at, purge_at):
            logger.info("%s left: %s", key, reason)
            self._wake()
        else:
            logger.info("%s had left before, or is installed anew", key)


def ignore(app: App) -> None:
    """Hear the events of a bot with a fixed token, for which they mean nothing: unheard, Slack repeats them."""
    for name in EVENTS:

        @app.event(name)
        def ignored() -> None:
            """Nothing to do."""


def key_of(body: dict[str, Any]) -> str:
    """Return the key of the installation that an event is about."""
    granted = (body.get("authorizations") or [{}])[0]
    if granted.get("is_enterprise_install") or body.get("is_enterprise_install"):
        return str(granted.get("enterprise_id") or body.get("enterprise_id") or "")
    return str(granted.get("team_id") or body.get("team_id") or "")


def register(app: App, leaving: Leaving) -> None:
    """Listen to the three events."""

    @app.event("app_uninstalled")
    def uninstalled(body: dict[str, Any]) -> None:
        leaving.uninstalled(body)

    @app.event("tokens_revoked")
    def revoked(body: dict[str, Any]) -> None:
        leaving.revoked(body)

    @app.event("team_access_revoked")
    def shut_out(body: dict[str, Any]) -> None:
        leaving.shut_out(body)
