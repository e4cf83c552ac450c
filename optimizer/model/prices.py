"""What a call costs: a small table of list prices, to be overridden by settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.errors import ConfigError
from optimizer.model.settings import provider_of

# US dollars per million input and output tokens, as listed by the provider. Longest name first wins,
# so that a dated name such as gpt-4.1-mini-2025-04-14 finds its family.
_LIST_PRICES: Mapping[str, tuple[float, float]] = {
    "gpt-5-nano": (0.05, 0.40),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5": (1.25, 10.00),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-4o": (2.50, 10.00),
    "o4-mini": (1.10, 4.40),
    "simulated": (0.0, 0.0),
}


def price_of(model: str, overrides: Mapping[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Return dollars per million (input, output) tokens for ``model``, None when nothing is known."""
    bare = provider_of(model)[1]
    for name in (model, bare):
        if name in overrides:
            return overrides[name]
    for family in sorted(_LIST_PRICES, key=len, reverse=True):
        if bare == family or bare.startswith(f"{family}-"):
            return _LIST_PRICES[family]
    return None


def require_prices(models: Iterable[str], overrides: Mapping[str, tuple[float, float]]) -> None:
    """Make sure that a budget in money can hold.

    Raises:
        ConfigError: the price of one of ``models`` is unknown.
    """
    for name in models:
        if price_of(name, overrides) is None:
            raise ConfigError(
                f"No price is known for {name}, so a budget in money cannot hold.",
                "Set PROMPTBEAM_PRICES (model=INPUT/OUTPUT), or use a budget in calls or tokens.",
            )


def cost_of(price: tuple[float, float] | None, input_tokens: int, output_tokens: int) -> float | None:
    """Return the cost of a call in US dollars, None when the price is unknown."""
    if price is None:
        return None
    return (price[0] * input_tokens + price[1] * output_tokens) / 1e6
