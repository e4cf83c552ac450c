"""What the workspace holds when it starts: team, people, channels, the app and its rights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from sandbox.workspace.ids import new_token

BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "reactions:write",
    "users:read",
)
BOT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_shared",
    "channel_unshared",
    "file_shared",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
)


class SeedError(Exception):
    """The seed file cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class SeedUser:
    """A person of the workspace."""

    id: str
    name: str
    real_name: str = ""
    color: str = "4a7db5"
    is_guest: bool = False
    home_team: str = ""
    """The workspace of another organisation that the person belongs to, who is here in shared channels only."""


@dataclass(frozen=True, slots=True)
class SeedChannel:
    """A channel and who is in it (user names, the bot's too)."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class SeedCommand:
    """A slash command that the app has registered."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class SeedShortcut:
    """A shortcut that the app has registered; `type` is `message` or `global`."""

    callback_id: str
    name: str
    type: str = "message"


@dataclass(frozen=True, slots=True)
class Seed:
    """The whole starting state. Tokens and secret are new at each start unless given."""

    team_id: str = "T0SANDBOX1"
    team_name: str = "Promptbeam sandbox"
    team_domain: str = "sandbox"
    enterprise_id: str = ""
    """The organisation that the workspace belongs to and that has installed the app for it, if any."""
    app_id: str = "A0PROMPTBM1"
    bot_id: str = "B0PROMPTBM1"
    bot_user_id: str = "U0PROMPTBM1"
    bot_name: str = "promptbeam"
    bot_token: str = field(default_factory=lambda: new_token("xoxb"))
    app_token: str = field(default_factory=lambda: new_token("xapp"))
    signing_secret: str = field(default_factory=lambda: new_token("secret"))
    scopes: tuple[str, ...] = BOT_SCOPES
    events: tuple[str, ...] = BOT_EVENTS
    extra_tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    users: tuple[SeedUser, ...] = (
        SeedUser("U000ALICE01", "alice", "Alice Adler", "b3486b"),
        SeedUser("U0000BOB001", "bob", "Bob Berger", "2f7d6d"),
        SeedUser("U000CAROL01", "carol", "Carol Costa", "8a5cc2"),
    )
    channels: tuple[SeedChannel, ...] = (
        SeedChannel(
            "C00PROMPTS1",
            "prompts",
            ("alice", "bob", "carol", "promptbeam"),
            topic="Prompts that we improve together",
        ),
        SeedChannel("C00GENERAL1", "general", ("alice", "bob", "carol"), topic="The bot is not in here yet"),
        SeedChannel(
            "C0SECRETLAB",
            "secret-lab",
            ("alice", "bob", "promptbeam"),
            is_private=True,
            topic="Only Alice and Bob, and the bot",
        ),
    )
    commands: tuple[SeedCommand, ...] = (
        SeedCommand("/optimize", "Improve a prompt with your examples", "[prompt | status | help]"),
        SeedCommand("/evolve", "Evolve a set of instructions", "[status | help]"),
        SeedCommand("/prompts", "Search the prompts improved so far", "[search words | show id | help]"),
    )
    shortcuts: tuple[SeedShortcut, ...] = (
        SeedShortcut("optimize_message", "Optimise this prompt", "message"),
        SeedShortcut("optimize_global", "New optimisation", "global"),
    )


MANIFEST_SCOPES = (
    "commands",
    "chat:write",
    "files:read",
    "files:write",
    "app_mentions:read",
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
    "channels:read",
    "groups:read",
    "im:read",
    "mpim:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "users:read",
)
MANIFEST_EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_shared",
    "channel_unshared",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
)


def promptbeam_seed() -> Seed:
    """Promptbeam as its Slack manifest registers it, so that what works here has the rights it needs there.

    `Seed()` in contrast gives an app all scopes, events, commands and shortcuts that the workspace knows.
    """
    return Seed(
        scopes=MANIFEST_SCOPES,
        events=MANIFEST_EVENTS,
        commands=(
            SeedCommand(
                "/optimize",
                "Improve a prompt with your examples",
                "[prompt | status | stop | history | demo | help]",
            ),
            SeedCommand(
                "/evolve",
                "Evolve a set of instructions, or one prompt",
                "[prompt | status | stop | history | demo | help]",
            ),
            SeedCommand(
                "/prompts",
                "Find prompts that were improved before",
                "[words | show | history | diff | export | help]",
            ),
        ),
    )


T = TypeVar("T")
_PARTS: Mapping[str, type[Any]] = {
    "users": SeedUser,
    "channels": SeedChannel,
    "commands": SeedCommand,
    "shortcuts": SeedShortcut,
}


def load_seed(path: Path, base: Seed) -> Seed:
    """Read a seed from a JSON file; fields that it leaves out are those of `base`.

    Raises SeedError when the file is not a JSON object or has an unknown field.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SeedError(f"{path.name} is not a readable JSON file") from error
    if not isinstance(data, dict):
        raise SeedError(f"{path.name} must hold one JSON object")
    values: dict[str, Any] = {part.name: getattr(base, part.name) for part in fields(base)}
    for key, value in data.items():
        if key in _PARTS:
            values[key] = tuple(_build(_PARTS[key], key, item) for item in value)
        elif key == "extra_tokens":
            values[key] = {token: tuple(scopes) for token, scopes in value.items()}
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return _build(Seed, path.name, values)


def _build(kind: type[T], where: str, values: Mapping[str, Any]) -> T:
    known = {part.name for part in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise SeedError(f"{where}: unknown field {unknown[0]!r}; known are {', '.join(sorted(known))}")
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    try:
        return kind(**frozen)
    except TypeError as error:
        raise SeedError(f"{where}: a required field is missing") from error
