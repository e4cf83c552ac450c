"""What a run of any kind took, as the report's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.evolution.run import EvolveResult
    from optimizer.run import Result


def spending_fields(result: Result | EvolveResult) -> dict[str, Any]:
    """Return calls, tokens, cost, time and troubles as plain JSON values."""
    return {
        "calls": result.calls,
        "cached": result.cached,
        "tokens": {
            "input": result.input_tokens,
            "output": result.output_tokens,
            "total": result.input_tokens + result.output_tokens,
        },
        "cost": result.cost,
        "wall_seconds": round(result.seconds, 3),
        "troubles": dict(result.troubles),
    }
