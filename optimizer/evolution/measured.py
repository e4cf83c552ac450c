"""Complexity and diversity of the measured rows before and after an application."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.evolution.events import DataMeasured


def measure_change(before: Sequence[str], after: Sequence[str]) -> DataMeasured | None:
    """Measure both sets of texts; None when there is none. Blocks."""
    return None
