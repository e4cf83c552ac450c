"""Clients of Slack's Web API by workspace, and what the bot is called there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.slack.slack_errors import error_code
from optimizer.errors import ConfigError, PromptbeamError

API_TIMEOUT = 20
OAUTH_LOGGER = logging.getLogger("bot.slack.oauth")
OAUTH_LOGGER.setLevel(logging.CRITICAL)  # libraries would write codes and tokens to it; we log what matters
TOKEN_REFUSED = frozenset(
    {"token_expired", "token_revoked", "invalid_auth", "account_inactive", "not_authed"}
)
"""What Slack says to a token that is no good (any more); another one may be."""


class NotInstalled(PromptbeamError):
    """The bot is not (or no longer) installed in a workspace, or its token there is no good."""


NO_ANSWER = (SlackClientError, NotInstalled, OSError)
"""What a lookup raises when Slack refuses it or cannot be reached."""


class Clients(Protocol):
    """Who wants to talk to a workspace asks here each time: a token may have changed since."""

    def of(self, team: str, refused: str = "") -> WebClient:
        """Return a client whose token is good now: if there is one, another than ``refused``.

        ``refused`` is a token that Slack did not take a moment ago.

        Blocks when a token has to be renewed first.

        Raises:
            NotInstalled: there is no such token.
            OSError: Slack cannot be reached to renew it.
        """
        ...


class OneClient:
    """Implements ``Clients`` where one fixed token is all there is: every workspace gets the same client."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def of(self, team: str, refused: str = "") -> WebClient:
        """See ``Clients.of``; there is no other token."""
        return self._client


@dataclass(frozen=True, slots=True)
class Whoami:
    """The bot's own name and user id."""

    name: str
    user: str


def silent_client(api_url: str) -> WebClient:
    """Return a client without a token for calls that are answered with tokens: none of them is logged."""
    return WebClient(base_url=api_url, timeout=API_TIMEOUT, retry_handlers=[], logger=OAUTH_LOGGER)


def whoami(client: WebClient) -> Whoami:
    """Ask Slack who the bot is.

    Raises:
        ConfigError: Slack refuses the token or cannot be reached.
    """
    try:
        answer = client.auth_test()
        return Whoami(str(answer["user"]), str(answer["user_id"]))
    except SlackClientError as error:
        raise ConfigError(
            f"Slack refused SLACK_BOT_TOKEN ({error_code(error) or 'no reason given'}).",
            "Copy the Bot User OAuth Token from the app's page again.",
        ) from error
    except OSError as error:
        raise ConfigError(
            f"Slack cannot be reached at {client.base_url}.", "Check the network and SLACK_API_URL."
        ) from error
