"""What Slack calls its refusals."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError


def error_code(error: BaseException) -> str:
    """Return Slack's own name for what it refused (``not_in_channel`` …); empty for anything else."""
    if not isinstance(error, SlackApiError):
        return ""
    response = error.response
    return str(response.get("error", "")) if hasattr(response, "get") else ""
