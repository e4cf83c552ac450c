"""What an evolution tells when it begins: the data, how it is divided, what is expected."""

from __future__ import annotations

from optimizer.earlier_tests import look_at, look_words
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.events import EvolutionStarted
from optimizer.evolution.forecast import EvolutionForecast
from optimizer.evolution.holdout import holdout_print
from optimizer.evolution.methods import Method
from optimizer.evolution.model_names import answer_model, evol_model
from optimizer.evolution.sampling import DataSample
from optimizer.evolution.task import EvolveTask
from optimizer.model.settings import ModelSettings


def evolution_begins(
    run_id: str,
    task: EvolveTask,
    config: EvolveConfig,
    models: ModelSettings,
    sample: DataSample,
    first: Method,
    forecast: EvolutionForecast,
    *,
    applied: bool,
) -> EvolutionStarted:
    """Return the event; ``first`` is the method to begin with, ``applied`` whether all rows will be evolved."""
    look = look_at(task.earlier_tests, holdout_print(sample.holdout))
    seen = look_words(look) if sample.holdout else ""
    return EvolutionStarted(
        run_id=run_id,
        algorithm=config.algorithm,
        data=task.source.name,
        shape=task.source.shape,
        rows=sample.rows,
        unusable=sample.unusable,
        batch_pool=len(sample.pool),
        dev=len(sample.dev),
        holdout=len(sample.holdout),
        steps=config.steps if config.algorithm == "auto-evol" else 0,
        candidates=config.candidates,
        method=first.text,
        evol_model=evol_model(models),
        answer_model=answer_model(models),
        optimizer_model=models.optimizer_model,
        seed=config.seed,
        apply=applied,
        answers=config.answers,
        forecast_calls=forecast.calls,
        forecast_cost=forecast.cost,
        warnings=(*sample.warnings, *([seen] if seen else [])),
    )
