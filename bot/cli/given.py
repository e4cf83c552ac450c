"""What a person gave to a command: files, options and environment, turned into task, settings and models."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.config import Budget, OptimizeConfig, PromptEvolutionConfig
    from optimizer.model.settings import ModelSettings
    from optimizer.task import Task


MODEL_NAMES = ("task_model", "optimizer_model", "evol_model", "answer_model", "base_url")
"""Options that say where calls go, by the field of ``ModelSettings`` that they set; a run remembers them."""


def read_given(path: Path, field: str) -> bytes:
    """Read a file that a person named.

    Raises:
        InputError: it is not there, cannot be read, or is too large.
    """
    from optimizer.examples.decoding import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path.name} has {path.stat().st_size / 1e6:.0f} MB; "
                f"files up to {MAX_BYTES // 1024**2} MB are read.",
                "Give a sample of it: a few hundred rows are enough.",
                field=field,
                file=path.name,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.", field=field) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).", "Check it.", field=field) from None


def understand(prompt: bytes, examples: bytes, stored: Mapping[str, Any]) -> tuple[Task, OptimizeConfig]:
    """Build task and configuration from what was given; bad input ends here, before anything is paid."""
    from bot.background.carried_tests import tests_known_to
    from optimizer.config import preset
    from optimizer.examples.load import load_examples
    from optimizer.interchange.formats import read_prompt
    from optimizer.metrics.options import parse_options
    from optimizer.prompts.structure import read_structure
    from optimizer.task import build_task, warm_started

    if ":" in stored["metric"] and os.getcwd() not in sys.path:
        # A person's own metric usually lies in the folder where the command is called.
        sys.path.append(os.getcwd())
    task = build_task(
        read_prompt(stored["prompt_name"], prompt),
        load_examples(stored["examples_name"], examples),
        metric=stored["metric"],
        criteria=stored.get("criteria", ""),
        metric_options=parse_options(stored.get("metric_options", ())),
        target=stored["target"],
        inputs=stored["inputs"],
        goal=stored["goal"],
    )
    task = warm_started(task, stored.get("starts", ()), stored.get("lessons", ()))
    task = replace(task, earlier_tests=tests_known_to(stored))
    config = preset(stored["preset"]).with_changes(
        algorithm=stored["algorithm"],
        rounds=stored["rounds"],
        seed=stored["seed"],
        budget=_budget(stored),
    )
    config = config.with_changes(evolve=_evolve(config.evolve, stored))
    if config.algorithm == "evolve":
        read_structure(task.prompt, config.evolve.sections)
    return task, config


def _budget(stored: Mapping[str, Any]) -> Budget:
    """Return what a run may spend; runs of earlier versions stored no minutes."""
    from optimizer.config import Budget

    minutes = stored.get("budget_minutes")
    return Budget(
        stored["budget_calls"],
        stored["budget_tokens"],
        stored["budget_cost"],
        None if minutes is None else 60 * minutes,
    )


def _evolve(preset: PromptEvolutionConfig, stored: Mapping[str, Any]) -> PromptEvolutionConfig:
    """Return the preset's settings of prompt evolution with those that were given."""
    given = {name: stored[name] for name in ("variants", "growth") if stored.get(name) is not None}
    return replace(preset, sections=tuple(stored.get("sections", ())), **given)


def chosen_models(
    options: Mapping[str, Any], stored: Mapping[str, Any]
) -> AbstractContextManager[ModelSettings]:
    """Return a context manager that gives the model settings; options win over what the run stored."""
    from bot.cli.simulated import given_settings, simulated_settings
    from optimizer.model.settings import ModelSettings

    settings = ModelSettings.from_env(os.environ)
    remembered = stored.get("models", {})
    for name in MODEL_NAMES:
        value = options.get(name) or remembered.get(name)
        if value:
            settings = replace(settings, **{name: value})
    if options["simulated"] or (stored.get("simulated") and not options["base_url"]):
        return simulated_settings(settings)
    return given_settings(settings)
