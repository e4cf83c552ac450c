"""The error that the Web API answers with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ApiError(Exception):
    """A refusal with one of Slack's error codes.

    `messages` become `response_metadata.messages`; further fields go into the answer's top level.
    """

    def __init__(self, code: str, *, messages: Sequence[str] = (), **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.fields = fields


def missing_field(name: str) -> ApiError:
    """The refusal for an argument that has to be there."""
    return ApiError("invalid_arguments", messages=[f"[ERROR] missing required field: {name}"])
