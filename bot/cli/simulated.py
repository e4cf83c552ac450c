"""Model settings that point at the local simulated model, started for as long as they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.cli.children import Child
from optimizer.model.settings import ModelSettings

TASK_MODEL = "simulated-small"
OPTIMIZER_MODEL = "simulated-large"


@contextmanager
def simulated_settings(settings: ModelSettings, latency_ms: int = 0) -> Iterator[ModelSettings]:
    """Start the simulated model and give ``settings`` that use it.

    Its port changes from start to start, so the journal knows it by a name of its own: a resumed run
    finds its answers.
    """
    with Child("sandbox.model", ["--port", "0", "--latency-ms", str(latency_ms)]) as child:
        yield replace(
            settings,
            task_model=TASK_MODEL,
            optimizer_model=OPTIMIZER_MODEL,
            evol_model="",
            answer_model="",
            base_url=child.ready["url"],
            api_key=None,
            journal_scope="simulated",
        )


@contextmanager
def given_settings(settings: ModelSettings) -> Iterator[ModelSettings]:
    """Give ``settings`` as they are."""
    yield settings
