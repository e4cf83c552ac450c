"""What Slack refuses, in words for people and for the log."""

from __future__ import annotations

from bot.slack.slack_errors import error_code
from optimizer.errors import InputError

_REASONS = {
    "not_in_channel": "I am not a member there",
    "channel_not_found": "I am not a member there",
    "is_archived": "the channel is archived",
    "restricted_action": "the channel does not let me post",
    "restricted_action_read_only_channel": "the channel does not let me post",
    "restricted_action_thread_locked": "the thread is locked",
    "account_inactive": "my access was switched off",
}


GONE = frozenset(_REASONS)
"""What Slack says when a channel can no longer be written to."""


def reason_for(error: BaseException) -> str:
    """Say in plain words why a channel cannot be written to."""
    return _REASONS.get(error_code(error), "Slack did not let me")


def cannot_post(error: BaseException, bot_name: str) -> Exception:
    """Return the error to tell when a thread cannot be opened; what Slack did not explain stays as it is."""
    reason = _REASONS.get(error_code(error))
    if reason is not None:
        return InputError(reason, f"Type /invite @{bot_name} in the channel and start again.")
    return error if isinstance(error, Exception) else RuntimeError("posting failed")


def describe(error: BaseException) -> str:
    """Name an error for the log without the text that foreign exceptions carry."""
    return error_code(error) or type(error).__name__
