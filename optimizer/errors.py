"""The one error tree: what a person can fix, what a provider refused, and what is a bug of ours.

Every error carries two sentences that are safe to show to a person: ``message`` (what is wrong) and
``fix`` (the way out). Neither ever contains a secret or the text of a foreign exception.
"""

from __future__ import annotations

from optimizer.ways_out import LIBRARY_WORDS, Fix, Words


class PromptbeamError(Exception):
    """Root of all errors that this project raises on purpose.

    ``message`` says what is wrong, ``fix`` what to do about it; ``str()`` joins the two. A way out that
    every surface words differently is given as a ``Fix``: ``fix`` is in the library's words then, and
    ``fix_in`` in those of another surface.
    """

    for_operator: bool = False
    """Whether only who runs Promptbeam can follow ``fix``, not everybody who starts a run."""

    def __init__(self, message: str, fix: str | Fix = "") -> None:
        super().__init__(message, fix)
        self.message = message
        self.way_out = fix
        self.fix = self.fix_in(LIBRARY_WORDS)

    def fix_in(self, words: Words) -> str:
        """Return the way out in a surface's words."""
        return self.way_out.said(words) if isinstance(self.way_out, Fix) else self.way_out

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class InputError(PromptbeamError):
    """Something the person gave cannot be used; ``field`` names where (``prompt``, ``examples``, ``metric`` …).

    ``file`` and ``row`` (1-based data row, header not counted) point into a file when they are known.
    """

    def __init__(
        self, message: str, fix: str | Fix = "", *, field: str = "", file: str = "", row: int | None = None
    ) -> None:
        super().__init__(message, fix)
        self.field = field
        self.file = file
        self.row = row


class ConfigError(PromptbeamError):
    """A setting (environment variable, option, config field) is missing or out of range."""

    for_operator = True


class BudgetTooSmall(ConfigError):
    """The budget could not end with a result, whatever came out; nothing was paid."""

    for_operator = False


class OutputError(PromptbeamError):
    """A result cannot be written: the disk is full, the folder read-only, or somebody else writes there."""

    for_operator = True


class BudgetExhausted(PromptbeamError):
    """The next model call would exceed the budget; the run ends with the best prompt so far."""


class RunCancelled(PromptbeamError):
    """Somebody asked the run to stop."""


class ModelError(PromptbeamError):
    """A model call failed. ``retryable`` follows from the type; ``retry_after`` is in seconds when given."""

    retryable: bool = False

    def __init__(self, message: str, fix: str | Fix = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, fix)
        self.retry_after = retry_after


class ModelUnreachable(ModelError):
    """No connection to the model's server."""

    retryable = True
    for_operator = True


class ModelTimeout(ModelError):
    """The model did not answer before the deadline."""

    retryable = True
    for_operator = True


class ModelOverloaded(ModelError):
    """The provider answered with a server error (5xx), or with something that is no answer."""

    retryable = True


class ModelRateLimited(ModelOverloaded):
    """429: the provider wants fewer calls; ``retry_after`` says for how long when it said so."""

    for_operator = True


class ModelRefusedKey(ModelError):
    """401 or 403: the key is wrong or may not use this model."""

    for_operator = True


class ModelQuotaEmpty(ModelError):
    """429 with an empty quota: waiting does not help, paying does."""

    for_operator = True


class ModelNotFound(ModelError):
    """404: the provider does not know the model's name."""

    for_operator = True


class ModelRejectedRequest(ModelError):
    """400, 413 or 422: the request itself is not acceptable (too long, a parameter not supported)."""
