"""Improve a prompt from labelled examples: ``optimize(build_task(...), preset("quick"), ModelSettings())``."""

from optimizer.config import Budget, OptimizeConfig, preset
from optimizer.errors import PromptbeamError
from optimizer.examples.load import load_examples
from optimizer.model.settings import ModelSettings
from optimizer.run import Result, optimize, run_optimization
from optimizer.streaming import stream_optimization
from optimizer.task import Task, build_task

__all__ = [
    "Budget",
    "ModelSettings",
    "OptimizeConfig",
    "PromptbeamError",
    "Result",
    "Task",
    "build_task",
    "load_examples",
    "optimize",
    "preset",
    "run_optimization",
    "stream_optimization",
]
