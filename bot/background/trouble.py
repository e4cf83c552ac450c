"""From an error to what a person is told: a sentence, the way out, and a reference for what only we can mend."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from bot.background.words import way_out
from optimizer.errors import InputError, ModelError, PromptbeamError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Safe to show. ``reference`` leads to the log; ``again`` tells whether trying again can help."""

    message: str
    fix: str
    reference: str
    again: bool

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


def explain(error: BaseException, doing: str) -> Trouble:
    """Turn any error into words for a person; log it with the reference that the person gets.

    The text of a foreign exception is never shown: it may hold keys, addresses or other people's data.
    What people wrote (an ``InputError`` may quote it) is not logged.
    """
    reference = secrets.token_hex(4)
    if isinstance(error, PromptbeamError):
        said = type(error).__name__ if isinstance(error, InputError) else error.message
        logger.info("%s: %s (reference %s)", doing, said, reference)
        return Trouble(error.message, way_out(error), reference, again=not isinstance(error, InputError))
    logger.error("%s failed (reference %s)", doing, reference, exc_info=error)
    return Trouble(
        "Something broke on our side.",
        "What was paid is kept, so trying again costs nothing twice.",
        reference,
        again=True,
    )


def is_provider_trouble(error: BaseException) -> bool:
    """Tell whether the model's side is the cause."""
    return isinstance(error, ModelError)
