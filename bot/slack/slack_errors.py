"""What Slack calls its refusals."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError


def error_code(error: BaseException) -> str:
    """Return Slack's own name for what it refused (``not_in_channel`` …); empty for anything else."""
    if not isinstance(error, SlackApiError):
        return ""
    response = error.response
    return str(response.get("error", "")) if hasattr(response, "get") else ""


def retry_after(error: BaseException) -> float:
    """Return after how many seconds Slack wants to be asked again; 0 when it named none."""
    if not isinstance(error, SlackApiError):
        return 0.0
    headers = getattr(error.response, "headers", None) or {}
    named = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(named) if named.isdecimal() else 0.0
