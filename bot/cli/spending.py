"""What a run took, in the last lines that a person at a terminal reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from optimizer.evolution.run import EvolveResult
    from optimizer.run import Result


def say_spent(console: Console, result: Result | EvolveResult) -> None:
    """Print calls, tokens, cost, time, why the run ended, and the troubles that there were."""
    cost = "price unknown" if result.cost is None else f"${result.cost:.4f}"
    console.print(
        f"{result.calls:,} calls ({result.cached:,} from the journal), "
        f"{result.input_tokens + result.output_tokens:,} tokens, {cost}, {result.seconds:.1f} s. "
        f"Stopped because: {result.stopped_because}. Run {result.run_id}.",
        markup=False,
    )
    if result.troubles:
        told = ", ".join(f"{what} {count}" for what, count in result.troubles)
        console.print(f"Troubles with the model: {told}.", markup=False)
