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
    "restricted_action_thread_only_channel": "the channel takes nothing but replies",
    "restricted_action_non_threadable_channel": "the channel takes no replies",
    "no_permission": "the channel does not let me post",
    "thread_not_found": "the thread is gone",
    "cannot_reply_to_message": "the message takes no replies",
    "account_inactive": "my access was switched off",
}
_ASKED_IN = frozenset({"not_in_channel", "channel_not_found"})
_ABOUT_THE_POST = frozenset(
    {
        *("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"),
        *("invalid_arguments", "missing_scope", "metadata_too_large", "invalid_metadata_format"),
    }
)
"""Refusals that have nothing to do with the place."""

GONE = frozenset(_REASONS)
"""What Slack says when a channel can no longer be written to."""


def another_place_helps(error: BaseException, *, needed: bool) -> bool:
    """Whether a post that Slack refused may do elsewhere; one that is ``needed`` is tried whatever the reason."""
    code = error_code(error)
    return code in GONE or (needed and bool(code) and code not in _ABOUT_THE_POST)


def reason_for(error: BaseException) -> str:
    """Say in plain words why a channel cannot be written to."""
    return _REASONS.get(error_code(error), "Slack did not let me")


def cannot_post(error: BaseException, bot_name: str) -> Exception:
    """Return the error to tell when a thread cannot be opened; what Slack did not explain stays as it is."""
    reason = _REASONS.get(error_code(error))
    if reason is not None:
        invite = f"Type /invite @{bot_name} in the channel and start again."
        elsewhere = "Start again in another channel, or in a direct message to me."
        return InputError(reason, invite if error_code(error) in _ASKED_IN else elsewhere)
    return error if isinstance(error, Exception) else RuntimeError("posting failed")


def describe(error: BaseException) -> str:
    """Name an error for the log without the text that foreign exceptions carry."""
    return error_code(error) or type(error).__name__
