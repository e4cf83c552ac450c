"""Tokens of the workspaces that installed the bot, renewed in time: https://docs.slack.dev/authentication/using-token-rotation."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.oauth_settings import OAuthClient
from bot.slack.clients import API_TIMEOUT, NotInstalled, Whoami, silent_client
from bot.slack.slack_errors import error_code
from storage.file_lock import held
from storage.workspaces import Installation, WorkspaceTable

logger = logging.getLogger(__name__)

RENEW_SECONDS = 2 * 3_600.0
"""A token that rotates lives for twelve hours; it is renewed when less than this is left of it."""
_DEFAULT_NAME = "promptbeam"


class TokenSource:
    """Implements ``Clients`` for workspaces that installed the bot. Safe to use from threads and processes.

    Each use reads the database, so an install, an uninstall and a renewal by another process count at
    once. Renewing waits for others who renew, since a refresh token is good once.
    """

    def __init__(
        self,
        workspaces: WorkspaceTable,
        oauth: OAuthClient,
        api_url: str,
        lock: Path,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._workspaces = workspaces
        self._oauth = oauth
        self._api_url = api_url
        self._lock = lock
        self._clock = clock

    def of(self, team: str, refused: str = "") -> WebClient:
        """See ``Clients.of``."""
        found = self._workspaces.of_team(team)
        if found is None:
            raise _not_installed(team)
        token = self.fresh(found, refused).token
        return WebClient(token, base_url=self._api_url, timeout=API_TIMEOUT, retry_handlers=[])

    def who(self, team: str) -> Whoami:
        """Return who the bot is in a workspace; nobody where it is not installed."""
        found = self._workspaces.of_team(team)
        return Whoami(_DEFAULT_NAME, "") if found is None else Whoami(found.bot_name, found.bot_user)

    def serves(self, found: Installation) -> bool:
        """Whether the operator lets an installation in."""
        return self._oauth.allows(found.key, found.enterprise)

    def serves_team(self, team: str) -> bool:
        """Whether a workspace is let in by the installation that serves it; one without any is none of ours."""
        found = self._workspaces.of_team(team)
        return found is None or self.serves(found)

    def fresh(self, found: Installation, refused: str = "") -> Installation:
        """Return the installation with a token that is good now, not ``refused``.

        Raises:
            NotInstalled: there is no such token, or the workspace is not to be served.
            OSError: Slack cannot be reached to renew it.
        """
        if not self.serves(found):
            raise NotInstalled(
                f"{found.key} is not among the workspaces that are served.", "Add it to ALLOWED_WORKSPACES."
            )
        if self._good(found, refused):
            return found
        with held(self._lock):
            again = self._workspaces.get(found.key)
            if again is None:
                raise _not_installed(found.key)
            if self._good(again, refused):
                return again
            return self._renew(again, refused)

    def _good(self, found: Installation, refused: str) -> bool:
        if not found.token or found.token == refused:
            return False
        return found.expires_at is None or found.expires_at - self._clock() > RENEW_SECONDS

    def _renew(self, found: Installation, refused: str) -> Installation:
        still_good = found.token not in ("", refused) and (found.expires_at or 0.0) > self._clock()
        if not found.refresh_token:
            raise _no_good_token(found)
        try:
            answer = self._ask(found.refresh_token)
        except SlackApiError as error:
            logger.warning(
                "the token of %s was not renewed: %s", found.key, error_code(error) or "no reason given"
            )
            if still_good:
                return found
            raise _no_good_token(found) from error
        except (SlackClientError, OSError) as error:
            logger.warning("the token of %s was not renewed: %s", found.key, type(error).__name__)
            if still_good:
                return found
            raise OSError("Slack cannot be reached to renew a token") from error
        self._workspaces.renewed(
            found.key,
            found.token,
            str(answer["access_token"]),
            str(answer.get("refresh_token") or ""),
            self._clock() + float(answer["expires_in"]) if answer.get("expires_in") else None,
        )
        again = self._workspaces.get(found.key)
        if again is None:
            raise _not_installed(found.key)
        return again

    def _ask(self, refresh_token: str) -> Any:
        return silent_client(self._api_url).oauth_v2_access(
            client_id=self._oauth.client_id,
            client_secret=self._oauth.client_secret,
            grant_type="refresh_token",
            refresh_token=refresh_token,
        )


def _not_installed(key: str) -> NotInstalled:
    return NotInstalled(f"The bot is not installed in {key}.", "Install it there again.")


def _no_good_token(found: Installation) -> NotInstalled:
    return NotInstalled(
        f"Slack does not take the token of {found.key} any more.", "Install the bot there again."
    )
