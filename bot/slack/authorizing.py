"""Whose request it is, for Bolt: the installation that a signed request belongs to, without asking Slack."""

from __future__ import annotations

import logging
from collections.abc import Callable

from slack_bolt import BoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.slack.clients import NotInstalled
from bot.slack.token_source import TokenSource
from storage.workspaces import WorkspaceTable

logger = logging.getLogger(__name__)

Authorize = Callable[[BoltContext, str | None, str | None], AuthorizeResult | None]
NOT_HERE = (
    "Promptbeam is no longer installed in this workspace, or is not open to it, so it cannot answer. Ask an admin to"
    " install it again; if that is refused, ask whoever runs it."
)


def authorize_by(workspaces: WorkspaceTable, tokens: TokenSource) -> Authorize:
    """Return what Bolt asks for each request; None turns the request away with ``NOT_HERE``.

    What is known of an installation was told by Slack when it was made, so nothing is asked before the
    acknowledgement unless a token has to be renewed.
    """

    def authorize(
        context: BoltContext, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult | None:
        org_wide = bool(context.is_enterprise_install)
        found = workspaces.get(str(enterprise_id if org_wide else team_id))
        try:
            if found is None:
                return None
            found = tokens.fresh(found)
        except NotInstalled as error:
            logger.warning("a request from %s was turned away: %s", team_id, error.message)
            return None
        except OSError:
            logger.warning("a request from %s was turned away: its token could not be renewed", team_id)
            return None
        if org_wide and team_id and enterprise_id:
            workspaces.belongs(team_id, enterprise_id)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_id=found.bot,
            bot_user_id=found.bot_user,
            bot_token=found.token,
            bot_scopes=found.scopes,
        )

    return authorize
