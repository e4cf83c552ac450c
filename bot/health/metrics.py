"""What a process counts, for Prometheus. No label ever holds what a person or a model wrote, or who they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

_SECONDS_TO_ACKNOWLEDGE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
"""Slack gives three seconds; 0.3 is our own aim."""
_SECONDS_OF_A_CALL = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """The counters of one process and the registry that shows them. Safe to use from any thread.

    Labels take names from the code and from the settings alone: a model that is set, a method of
    Slack's, an error's class. ``deploy/README.md`` says what each one means.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        count, model = partial(Counter, registry=self.registry), ("model",)
        measure = partial(Histogram, registry=self.registry)
        self.model_attempts = count(
            "promptbeam_model_attempts", "Attempts at model calls, by how they ended.", ("model", "outcome")
        )
        self.model_seconds = measure(
            "promptbeam_model_attempt_seconds", "Time that an attempt at a model call took.", model,
            buckets=_SECONDS_OF_A_CALL,
        )  # fmt: skip
        self.model_calls = count("promptbeam_model_calls", "Model calls that were paid for.", model)
        self.model_calls_repeated = count(
            "promptbeam_model_calls_repeated",
            "Answers that had been paid before and were taken from the journal.",
        )
        self.model_tokens = count(
            "promptbeam_model_tokens", "Tokens that were paid for.", ("model", "direction")
        )
        self.model_cost = count(
            "promptbeam_model_cost_usd", "US dollars spent, without calls whose price is unknown.", model
        )
        self.errors = count(
            "promptbeam_errors",
            "Errors that people were told of, by class; bug is one that we did not foresee.",
            ("error",),
        )
        self.slack_calls = count(
            "promptbeam_slack_calls",
            "Calls to Slack on behalf of runs and answers, by how they ended.",
            ("method", "outcome"),
        )
        self.slack_acknowledged = measure(
            "promptbeam_slack_acknowledgement_seconds",
            "Time from a delivery of Slack's to our acknowledgement.",
            buckets=_SECONDS_TO_ACKNOWLEDGE,
        )

    def count_slack_call(self, method: str, outcome: str) -> None:
        """Count a call to Slack: ``sent``, ``rate_limited``, ``retried`` or ``failed``."""
        self.slack_calls.labels(method, outcome).inc()

    def count_error(self, error: str) -> None:
        """Count an error by the name of its class."""
        self.errors.labels(error).inc()

    def show(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Show what ``value`` returns whenever somebody looks; it must not block."""
        Gauge(name, help_text, registry=self.registry).set_function(value)
