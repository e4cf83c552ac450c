"""Why an answer ended, from the words that providers have for it."""

from __future__ import annotations

from optimizer.model.protocol import FinishReason


def finish_of(reason: object) -> FinishReason:
    """Return why an answer ended; a provider that does not say counts as ``stop``."""
    if reason in (None, "stop", "end_turn", "STOP"):
        return "stop"
    if reason in ("length", "max_tokens", "MAX_TOKENS"):
        return "length"
    if reason in ("content_filter", "refusal", "SAFETY"):
        return "refusal"
    return "other"
