"""UCB by the paper's formula on hand-computed cases; budgets are never exceeded."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.config import OptimizeConfig
from optimizer.selection.choose import SELECTORS, choose_selector
from optimizer.selection.ucb import UcbSelector, upper_bound
from optimizer.selection.uniform import UniformSelector


def arms(means):
    """A pull function over arms whose scores repeat a fixed pattern, and the log of pulls."""
    log = []

    async def pull(arm, start, stop):
        log.append((arm, start, stop))
        return [1.0 if (index * 0.37) % 1 < means[arm] else 0.0 for index in range(start, stop)]

    return pull, log


def ignore(*_):
    return None


def test_the_bound_is_the_papers():
    assert upper_bound(0.5, 4, 16, 2.0) == pytest.approx(0.5 + 2 * math.sqrt(math.log(16) / 4))
    assert upper_bound(0.0, 0, 16, 2.0) == math.inf
    assert upper_bound(0.5, 1, 1, 2.0) == 0.5


async def test_every_arm_is_pulled_before_one_is_pulled_twice():
    pull, log = arms([0.9, 0.1, 0.5, 0.2, 0.3])
    await UcbSelector(c=2.0, arms_per_wave=2, examples_per_pull=4).select(5, 40, 40, pull, ignore)
    assert [arm for arm, start, _ in log if start == 0] == [0, 1, 2, 3, 4]
    assert [start for _, start, _ in log[:5]] == [0] * 5


async def test_without_exploration_the_leading_arm_gets_the_rest_of_the_budget():
    pull, log = arms([0.2, 1.0, 0.3])
    ranking = await UcbSelector(c=0.0, arms_per_wave=1, examples_per_pull=2).select(3, 100, 20, pull, ignore)
    assert [arm for arm, _, _ in log[3:]] == [1] * 7
    assert ranking[0].index == 1
    assert ranking[0].pulls == 16


async def test_the_arm_with_the_highest_bound_is_pulled_as_worked_out_by_hand():
    log = []

    async def pull(arm, start, stop):
        log.append(arm)
        return [1.0 - arm] * (stop - start)

    await UcbSelector(c=2.0, arms_per_wave=1, examples_per_pull=1).select(2, 20, 7, pull, ignore)
    # Arm 0 is always right, arm 1 never; bounds Q + 2 sqrt(ln t / N), t pulls so far:
    # t = 2: 2.67 > 1.67; t = 3: 2.48 > 2.10; t = 4: 2.360 > 2.355; t = 5: 2.27 < 2.54; t = 6: 2.34 > 1.89.
    assert log == [0, 1, 0, 0, 0, 1, 0]


async def test_uniform_gives_every_arm_the_same_examples_and_keeps_the_rest_of_the_budget():
    pull, log = arms([0.5, 0.6, 0.7])
    ranking = await UniformSelector().select(3, 40, 8, pull, ignore)
    assert log == [(0, 0, 2), (1, 0, 2), (2, 0, 2)]
    # The pattern's first two values are 0 and 0.37: right below each arm's mean, so that all tie.
    assert [(arm.index, arm.mean) for arm in ranking] == [(0, 1.0), (1, 1.0), (2, 1.0)]


async def test_arms_walk_along_one_shared_order():
    pull, log = arms([0.5, 0.6])
    await UcbSelector(c=2.0, arms_per_wave=2, examples_per_pull=5).select(2, 30, 40, pull, ignore)
    for arm in (0, 1):
        spans = [(start, stop) for index, start, stop in log if index == arm]
        assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))


@given(
    count=st.integers(1, 12),
    pool=st.integers(1, 60),
    budget=st.integers(1, 400),
    wave=st.integers(1, 8),
    step=st.integers(1, 40),
    keep=st.integers(1, 14),
    eta=st.integers(2, 4),
)
async def test_no_selector_overspends(count, pool, budget, wave, step, keep, eta):
    config = OptimizeConfig(
        beam_width=keep, arms_per_wave=wave, examples_per_pull=step, race_block=step, halving_eta=eta
    )
    for name in SELECTORS:
        selector = choose_selector(config.with_changes(selector=name))
        pull, log = arms([0.1 + 0.07 * index for index in range(count)])
        told = []
        ranking = await selector.select(count, pool, budget, pull, lambda *seen, to=told: to.append(seen))
        assert [wave for wave, *_ in told] == sorted({wave for wave, *_ in told})
        assert told[-1][2] == sum(stop - start for _, start, stop in log)
        assert sum(stop - start for _, start, stop in log) <= max(budget, 0)
        assert all(stop <= pool for _, _, stop in log)
        assert sorted(arm.index for arm in ranking) == list(range(count))


async def test_ties_keep_the_incumbent_first():
    pull, _ = arms([0.5, 0.5, 0.5])
    ranking = await UniformSelector().select(3, 20, 60, pull, ignore)
    assert [arm.index for arm in ranking] == [0, 1, 2]
