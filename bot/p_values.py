"""How a p-value is written for people."""

from __future__ import annotations


def shown_p(value: float) -> str:
    """Return a p-value as people write it: never ``0.000``."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
