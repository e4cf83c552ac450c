"""Improve a prompt from labelled examples: ``optimize(build_task(...), preset("quick"), ModelSettings())``."""

from optimizer.config import Budget, OptimizeConfig, preset
from optimizer.errors import PromptbeamError
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.run import EvolveResult, evolve, run_evolution
from optimizer.evolution.task import EvolveTask
from optimizer.examples.load import load_examples
from optimizer.model.settings import ModelSettings
from optimizer.run import Result, optimize, run_optimization
from optimizer.streaming import stream_optimization
from optimizer.task import Task, build_task

__all__ = [
    "Budget",
    "EvolveConfig",
    "EvolveResult",
    "EvolveTask",
    "ModelSettings",
    "OptimizeConfig",
    "PromptbeamError",
    "Result",
    "Task",
    "build_task",
    "evolve",
    "load_examples",
    "optimize",
    "preset",
    "run_evolution",
    "run_optimization",
    "stream_optimization",
]
