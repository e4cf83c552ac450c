"""Keeps tokens and keys out of the store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.errors import InputError

_TOKEN = re.compile(
    r"\b(?:xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|sk-(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{20,})"
)
_SECRET_NAMES = frozenset(
    {"api_key", "app_token", "authorization", "bot_token", "password", "secret", "signing_secret", "token"}
)


def refuse_secrets(value: Any, path: str = "request") -> None:
    """Raise when ``value`` (JSON-like, of any depth) holds what looks like a Slack token or a model key.

    Raises:
        InputError: ``field`` is the innermost name; the message never repeats the value.
    """
    if isinstance(value, str):
        if _TOKEN.search(value):
            raise _secret_at(path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            here = f"{path}.{name}"
            if str(name).casefold() in _SECRET_NAMES and item:
                raise _secret_at(here)
            refuse_secrets(item, here)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for item in value:
            refuse_secrets(item, path)


def _secret_at(path: str) -> InputError:
    return InputError(
        f"What was given as {path} holds something that looks like a secret token or key.",
        "Take it out (write a stand-in such as YOUR_KEY instead); it would be stored and shown to others.",
        field=path.rpartition(".")[2],
    )
