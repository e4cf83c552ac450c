"""Choosing a selector by the name that the configuration gives."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.config import OptimizeConfig
from optimizer.errors import ConfigError
from optimizer.selection.arms import Selector
from optimizer.selection.block_race import BlockRace
from optimizer.selection.stochastic_rejects import StochasticRejects
from optimizer.selection.successive_halving import SuccessiveHalving
from optimizer.selection.successive_rejects import SuccessiveRejects
from optimizer.selection.ucb import UcbSelector
from optimizer.selection.ucb_e import UcbESelector
from optimizer.selection.uniform import UniformSelector

SELECTORS: dict[str, Callable[[OptimizeConfig], Selector]] = {
    "ucb": lambda config: UcbSelector(
        c=config.ucb_c, arms_per_wave=config.arms_per_wave, examples_per_pull=config.examples_per_pull
    ),
    "ucb-e": lambda config: UcbESelector(
        c=config.ucb_c, arms_per_wave=config.arms_per_wave, examples_per_pull=config.examples_per_pull
    ),
    "uniform": lambda config: UniformSelector(),
    "successive-rejects": lambda config: SuccessiveRejects(keep=config.beam_width),
    "stochastic-rejects": lambda config: StochasticRejects(
        keep=config.beam_width, arms_per_wave=config.arms_per_wave, seed=config.seed
    ),
    "successive-halving": lambda config: SuccessiveHalving(eta=config.halving_eta, keep=config.beam_width),
    "block-race": lambda config: BlockRace(
        block=config.race_block, alpha=config.race_alpha, keep=config.beam_width
    ),
}
"""Name -> how to make the selector from a configuration; add your own (``docs/library.md``)."""


def choose_selector(config: OptimizeConfig) -> Selector:
    """Return the selector that ``config.selector`` names.

    Raises:
        ConfigError: there is none of that name.
    """
    make = SELECTORS.get(config.selector)
    if make is None:
        raise ConfigError(
            f"There is no selector {config.selector!r}.", f"Choose one of {', '.join(SELECTORS)}."
        )
    return make(config)
