"""Deletes files that the bot uploaded: ``files.delete``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.config import SLACK_API
from bot.slack.clients import Clients, NotInstalled, OneClient
from bot.slack.slack_errors import error_code

logger = logging.getLogger(__name__)

_GONE = frozenset({"file_not_found", "file_deleted", "cant_delete_file"})
"""Answers after which trying again cannot change anything."""
_SPACING = 1.3
"""Seconds between two calls: files.delete is a method of Slack's tier 3, some 50 calls a minute."""


class SlackUploadRemover:
    """Implements ``UploadRemover`` on Slack, within the pace that Slack allows."""

    def __init__(self, clients: Clients, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clients = clients
        self._sleep = sleep
        self._first = True

    def remove(self, file_id: str, team: str = "") -> bool:
        """Delete a file; False when Slack cannot be reached or wants fewer calls.

        A file in a workspace that has uninstalled the bot is out of reach for good.
        """
        if not self._first:
            self._sleep(_SPACING)
        self._first = False
        try:
            self._clients.of(team).files_delete(file=file_id)
        except SlackApiError as error:
            code = error_code(error)
            if code in _GONE:
                return True
            logger.warning("file %s was not deleted at Slack: %s", file_id, code or "no reason given")
            return False
        except NotInstalled:
            logger.info("file %s is out of reach: the bot is not installed in its workspace", file_id)
        except (SlackClientError, OSError) as error:
            logger.warning("file %s was not deleted at Slack: %s", file_id, type(error).__name__)
            return False
        return True


def remover_from_env(env: Mapping[str, str]) -> SlackUploadRemover:
    """Return a remover with the bot's token out of the environment."""
    url = env.get("SLACK_API_URL", "").strip() or SLACK_API
    client = WebClient(
        env.get("SLACK_BOT_TOKEN", "").strip(), base_url=url if url.endswith("/") else url + "/", timeout=20
    )
    return SlackUploadRemover(OneClient(client))
