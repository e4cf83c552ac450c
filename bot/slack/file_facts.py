"""Files of which a message says no more than that they are there, as in channels with other organisations."""

from __future__ import annotations

import logging
from dataclasses import replace

from slack_sdk import WebClient

from bot.background.request import FileRef
from bot.slack.clients import NO_ANSWER
from bot.slack.incoming.said import Said, file_refs

_HIDDEN = "a file that Slack does not show me"
logger = logging.getLogger(__name__)


def with_file_facts(client: WebClient, said: Said) -> Said:
    """Ask for the names that are missing (files.info, Tier 4): without them nobody knows what a file is.

    A file that Slack does not show is called so, which no reader takes for data.
    """
    if all(ref.name for ref in said.files):
        return said
    return replace(said, files=tuple(ref if ref.name else _ask(client, ref) for ref in said.files))


def _ask(client: WebClient, ref: FileRef) -> FileRef:
    try:
        found = file_refs({"files": [client.files_info(file=ref.id)["file"]]})
    except NO_ANSWER as error:
        logger.info("file %s is not shown to us: %s", ref.id, type(error).__name__)
        found = ()
    named = found[0] if found else ref
    return named if named.name else replace(ref, name=_HIDDEN)
