"""The kinds of run that the service knows, by the name that is stored with each run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.background.optimize_work import OptimizeWork
from bot.background.run_work import RunWork
from optimizer.config import Budget


def all_kinds(budget: Budget) -> Mapping[str, RunWork[Any, Any]]:
    """Return every kind under its name; ``budget`` bounds each run."""
    return {work.kind: work for work in (OptimizeWork(budget),)}
