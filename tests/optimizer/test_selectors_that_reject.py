"""Successive rejects, its stochastic kin, halving and the block race, on cases worked out by hand."""

import math

import pytest

from optimizer.config import OptimizeConfig
from optimizer.errors import ConfigError
from optimizer.selection.block_race import BlockRace, paired_z
from optimizer.selection.choose import choose_selector
from optimizer.selection.stochastic_rejects import StochasticRejects
from optimizer.selection.successive_halving import SuccessiveHalving, rung_sizes
from optimizer.selection.successive_rejects import SuccessiveRejects, log_bar, phase_lengths
from optimizer.selection.ucb_e import UcbESelector, upper_bound_e


class Rows:
    """Arms with given scores; keeps who was pulled how far, and what the waves told."""

    def __init__(self, *rows):
        self.rows = rows
        self.pulled = []
        self.waves = []

    async def pull(self, arm, start, stop):
        self.pulled.append((arm, start, stop))
        return self.rows[arm][start:stop]

    def on_wave(self, wave, waves, evaluations, arms):
        self.waves.append((wave, waves, evaluations))

    async def run(self, selector, budget):
        ranking = await selector.select(len(self.rows), len(self.rows[0]), budget, self.pull, self.on_wave)
        return [arm.index for arm in ranking]

    def seen(self):
        """Examples each arm has seen."""
        return [
            max((stop for arm, _, stop in self.pulled if arm == i), default=0) for i in range(len(self.rows))
        ]


def test_the_bound_of_ucb_e_does_not_grow_with_time():
    assert upper_bound_e(0.5, 8, 2.0) == pytest.approx(0.5 + 2 * math.sqrt(2 / 8))
    assert upper_bound_e(0.0, 0, 2.0) == math.inf


async def test_ucb_e_goes_where_mean_and_bonus_are_highest():
    # After one pull each: 1 + 0.5 sqrt(0.5) against 0 + 0.5 sqrt(0.5); arm 0 stays ahead for ever.
    rows = Rows([1.0] * 10, [0.0] * 10)
    await rows.run(UcbESelector(c=0.5, arms_per_wave=1, examples_per_pull=1), 6)
    assert rows.seen() == [5, 1]


def test_log_bar_is_the_papers_for_one_survivor():
    assert log_bar(4) == pytest.approx(1 / 2 + 1 / 2 + 1 / 3 + 1 / 4)
    assert log_bar(4, keep=2) == pytest.approx(2 / 3 + 1 / 3 + 1 / 4)


def test_phase_lengths_are_the_papers():
    # (40 - 4) / log_bar(4) = 36 / (19 / 12) = 22.74; over 4, 3, 2: 5.68, 7.58, 11.37, rounded up.
    assert phase_lengths(4, 40) == [6, 8, 12]
    # One arm sees 6, one 8, two 12: 38 of 40.
    assert phase_lengths(3, 3) == [1, 1]
    assert phase_lengths(3, 2) == []
    assert phase_lengths(2, 10, keep=2) == [5]


@pytest.mark.parametrize("keep", [1, 2, 4, 9])
@pytest.mark.parametrize("budget", [36, 37, 100, 1007, 2048])
def test_all_phases_together_cost_the_budget_and_no_more(keep, budget):
    lengths = phase_lengths(36, budget, keep)
    cost = sum(lengths) + keep * lengths[-1]
    assert budget - 36 <= cost <= budget


async def test_successive_rejects_drops_the_worst_cumulative_mean_after_each_phase():
    # Arm 3 is bad at once; arm 0 is best on the first 6, worst on examples 7 and 8; arm 1 wins.
    rows = Rows(
        [1, 1, 0, 0, 1, 1, 0, 0] + [0] * 4,
        [1, 0, 1, 0, 1, 0, 1, 1] + [1] * 4,
        [0, 1, 0, 1, 0, 1, 1, 1] + [0] * 4,
        [0] * 12,
    )
    assert await rows.run(SuccessiveRejects(keep=1), 40) == [1, 2, 0, 3]
    assert rows.seen() == [8, 12, 12, 6]
    assert rows.waves == [(1, 3, 24), (2, 3, 30), (3, 3, 38)]


async def test_a_rejected_arm_never_comes_before_a_survivor_however_lucky_its_mean():
    rows = Rows([1] * 6 + [0] * 6, [1] * 6 + [0] * 6, [0.9] * 6 + [0] * 6, [0.1] * 12)
    ranking = await rows.run(SuccessiveRejects(keep=1), 40)
    assert ranking == [0, 1, 2, 3]
    halved = await Rows([0.5] * 3 + [0] * 20, [0.5] * 3 + [0] * 20, [0.4] * 23, [0.3] * 23).run(
        SuccessiveHalving(eta=2, keep=1), 24
    )
    assert halved == [0, 1, 2, 3]


async def test_phases_of_equal_length_cost_no_wave():
    rows = Rows(*[[1.0 if arm > 2 else 0.0] * 50 for arm in range(6)])
    ranking = await rows.run(SuccessiveRejects(keep=1), 6)
    assert rows.waves == [(1, 1, 6)]
    assert set(ranking[:3]) == {3, 4, 5}


def test_rungs_are_the_papers_with_eta_two_and_shorter_with_three():
    assert rung_sizes(8, 2, 1) == [8, 4, 2]
    assert rung_sizes(36, 2, 4) == [36, 18, 9, 5]
    assert rung_sizes(36, 3, 4) == [36, 12]
    assert rung_sizes(3, 3, 4) == [3]


async def test_halving_shows_each_rung_its_share_of_the_budget_on_the_same_examples():
    # Budget 24, two rungs: 12 for four arms (3 each), then 12 for two arms (6 more each).
    rows = Rows([0, 1, 1] + [0] * 6, [1, 1, 1] + [0] * 6, [0, 0, 1] + [1] * 6, [1, 0, 1] + [1] * 6)
    # After the first rung 2/3, 1, 1/3, 2/3: arm 1 and, the tie going to the older, arm 0 go on.
    assert await rows.run(SuccessiveHalving(eta=2, keep=1), 24) == [1, 0, 3, 2]
    assert rows.pulled == [(0, 0, 3), (1, 0, 3), (2, 0, 3), (3, 0, 3), (1, 3, 9), (0, 3, 9)]
    assert rows.waves == [(1, 2, 12), (2, 2, 24)]


async def test_equal_scores_still_leave_exactly_the_wanted_part():
    rows = Rows(*[[1.0] * 60 for _ in range(9)])
    assert await rows.run(SuccessiveHalving(eta=3, keep=1), 90) == list(range(9))
    assert rows.seen() == [20, 20, 20, 5, 5, 5, 5, 5, 5]


async def test_stochastic_rejects_is_repeatable_and_drops_one_arm_a_phase():
    rows = [[1.0 if arm * 7 > example % 50 else 0.0 for example in range(200)] for arm in range(8)]
    selector = StochasticRejects(keep=2, arms_per_wave=4, seed=5)
    first, again = Rows(*rows), Rows(*rows)
    ranking = await first.run(selector, 240)
    assert ranking == await again.run(selector, 240)
    # Six phases of four arms: 240 / 24 = 10 further examples for each arm drawn.
    assert {stop - start for _, start, stop in first.pulled} == {10}
    assert first.waves[-1] == (6, 6, 6 * 4 * 10 - 10 * (4 - 3))
    other = Rows(*rows)
    await other.run(StochasticRejects(keep=2, arms_per_wave=4, seed=6), 240)
    assert other.pulled != first.pulled


def test_the_paired_statistic_is_mean_over_standard_error():
    # Differences 1, 0, 1, 0: mean 1/2, deviation sqrt(1/3), n 4.
    assert paired_z([1, 1, 1, 0], [0, 1, 0, 0]) == pytest.approx(0.5 * 2 / math.sqrt(1 / 3))
    assert paired_z([1, 0], [1, 0]) == 0
    assert paired_z([1, 1], [0, 0]) == math.inf
    assert paired_z([1], [0]) == 0


async def test_the_race_drops_who_is_shown_to_be_worse_and_ends_early():
    good, middling, bad = [1.0] * 64, ([1.0] * 15 + [0.0]) * 4, ([1.0, 0.0] * 8) * 4
    rows = Rows(bad, good, middling)
    # Block 1: arm 0 differs from arm 1 on half of 16 (z = 3.9) and goes; arm 2 on one (z = 1.0) stays.
    # Block 2: arm 2 differs on 2 of 32 (z = 1.44 > 1.28) and goes.
    assert await rows.run(BlockRace(block=16, alpha=0.1, keep=1), 192) == [1, 2, 0]
    assert rows.seen() == [16, 32, 32]
    assert rows.waves == [(1, 4, 48), (2, 4, 80)]


async def test_a_race_among_equals_ends_with_the_budget():
    rows = Rows(*[[1.0, 0.0] * 50 for _ in range(3)])
    assert await rows.run(BlockRace(block=16, alpha=0.1, keep=1), 100) == [0, 1, 2]
    assert rows.seen() == [33, 33, 33]


def test_knobs_out_of_range_are_named():
    for knob, value in (("halving_eta", 1), ("race_block", 0), ("race_alpha", 0.5)):
        with pytest.raises(ConfigError, match=knob):
            OptimizeConfig(**{knob: value})
    with pytest.raises(ConfigError, match="block-race"):
        choose_selector(OptimizeConfig(selector="none"))
