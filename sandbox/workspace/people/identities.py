"""The short descriptions of person, team and channel that interaction payloads carry."""

from __future__ import annotations

from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.records import Channel
from sandbox.workspace.state import WorkspaceState

VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 - Slack sends one, nobody checks it
_CHANNEL_NAMES = {"im": "directmessage", "private": "privategroup"}


def channel_name(channel: Channel) -> str:
    """The name of a channel as Slack tells it to an app in commands and clicks."""
    return _CHANNEL_NAMES.get(channel.kind, channel.name)


def interaction(state: WorkspaceState, kind: str, user: str) -> JsonObject:
    """The part that all interaction payloads have in common."""
    person, seed = state.users[user], state.seed
    return {
        "type": kind,
        "team": {"id": seed.team_id, "domain": seed.team_domain},
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": state.home_of(user),
        },
        "api_app_id": seed.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": {"id": seed.enterprise_id} if seed.enterprise_id else None,
        "is_enterprise_install": bool(seed.enterprise_id),
    }
