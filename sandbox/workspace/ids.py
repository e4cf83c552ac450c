"""Making of identifiers that look like Slack's and differ between two starts of the workspace."""

from __future__ import annotations

import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def new_id(prefix: str, length: int = 11) -> str:
    """An identifier such as `F07Q3ZK1B9A`, `length` characters long with its prefix."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length - len(prefix)))


def new_token(prefix: str) -> str:
    """A secret such as `xoxb-…`, for one start of the workspace."""
    return f"{prefix}-sandbox-{secrets.token_hex(16)}"
