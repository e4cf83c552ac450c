"""The one error tree: what a person can fix, what a provider refused, and what is a bug of ours.

Every error carries two sentences that are safe to show to a person: ``message`` (what is wrong) and
``fix`` (the way out). Neither ever contains a secret or the text of a foreign exception.
"""

from __future__ import annotations


class PromptbeamError(Exception):
    """Root of all errors that this project raises on purpose.

    ``message`` says what is wrong, ``fix`` what to do about it; ``str()`` joins the two.
    """

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message, fix)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class InputError(PromptbeamError):
    """Something the person gave cannot be used; ``field`` names where (``prompt``, ``examples``, ``metric`` …).

    ``file`` and ``row`` (1-based data row, header not counted) point into a file when they are known.
    """

    def __init__(
        self, message: str, fix: str = "", *, field: str = "", file: str = "", row: int | None = None
    ) -> None:
        super().__init__(message, fix)
        self.field = field
        self.file = file
        self.row = row


class ConfigError(PromptbeamError):
    """A setting (environment variable, option, config field) is missing or out of range."""


class OutputError(PromptbeamError):
    """A result cannot be written: the disk is full, the folder read-only, or somebody else writes there."""


class BudgetExhausted(PromptbeamError):
    """The next model call would exceed the budget; the run ends with the best prompt so far."""


class RunCancelled(PromptbeamError):
    """Somebody asked the run to stop."""


class ModelError(PromptbeamError):
    """A model call failed. ``retryable`` follows from the type; ``retry_after`` is in seconds when given."""

    retryable: bool = False

    def __init__(self, message: str, fix: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, fix)
        self.retry_after = retry_after


class ModelUnreachable(ModelError):
    """No connection to the model's server."""

    retryable = True


class ModelTimeout(ModelError):
    """The model did not answer before the deadline."""

    retryable = True


class ModelOverloaded(ModelError):
    """The provider answered with a server error (5xx), or with something that is no answer."""

    retryable = True


class ModelRateLimited(ModelOverloaded):
    """429: the provider wants fewer calls; ``retry_after`` says for how long when it said so."""


class ModelRefusedKey(ModelError):
    """401 or 403: the key is wrong or may not use this model."""


class ModelQuotaEmpty(ModelError):
    """429 with an empty quota: waiting does not help, paying does."""


class ModelNotFound(ModelError):
    """404: the provider does not know the model's name."""


class ModelRejectedRequest(ModelError):
    """400, 413 or 422: the request itself is not acceptable (too long, a parameter not supported)."""
