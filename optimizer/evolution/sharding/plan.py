"""The plan of a sharded application: everything that whoever works on one of its shards must know."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.config import Budget
from optimizer.errors import InputError
from optimizer.evolution.applying import ModelNames
from optimizer.evolution.config import EvolveConfig
from optimizer.evolution.evolver import calls_each
from optimizer.evolution.methods import Method

VERSION = 1
PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of rows: ``rows`` of them after number ``after``, ``usable`` of which can be evolved.

    ``usable_before`` counts the usable rows before it; ``budget`` is its share of what the run may spend.
    """

    number: int
    after: int
    rows: int
    usable: int
    usable_before: int
    budget: Budget = field(default_factory=Budget)

    @property
    def piece(self) -> str:
        """Name of the file with its rows as they were read."""
        return f"in-{self.number:05d}.jsonl"

    @property
    def part(self) -> str:
        """Name of the file with its rows as they are in the result."""
        return f"part-{self.number:05d}.jsonl"

    @property
    def counts(self) -> str:
        """Name of the file that says that the part is whole, and what it took."""
        return f"part-{self.number:05d}.json"

    @property
    def stopped(self) -> str:
        """Name of the file that says what was spent on the shard before it was stopped."""
        return f"stopped-{self.number:05d}.json"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What is applied to which rows. ``retried`` and ``measured`` as in ``Stretch``."""

    run_id: str
    method: Method
    config: EvolveConfig
    models: ModelNames
    measured: frozenset[int]
    retried: int | None
    shards: tuple[Shard, ...] = ()

    def to_json(self) -> bytes:
        """Return the plan as a JSON document."""
        fields = {**dataclasses.asdict(self), "measured": sorted(self.measured), "version": VERSION}
        return json.dumps(fields).encode()

    @classmethod
    def from_json(cls, content: bytes) -> ShardPlan:
        """Read what ``to_json`` wrote.

        Raises:
            InputError: it is something else.
        """
        try:
            fields: dict[str, Any] = json.loads(content)
            if fields.pop("version") != VERSION:
                raise ValueError("another version")
            return cls(
                run_id=fields["run_id"],
                method=Method(**{**fields["method"], "operators": tuple(fields["method"]["operators"])}),
                config=EvolveConfig(**{**fields["config"], "budget": Budget(**fields["config"]["budget"])}),
                models=ModelNames(**fields["models"]),
                measured=frozenset(fields["measured"]),
                retried=fields["retried"],
                shards=tuple(
                    Shard(**{**shard, "budget": Budget(**shard["budget"])}) for shard in fields["shards"]
                ),
            )
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "The plan of the shards cannot be read.", "Start a new run, or update Promptbeam there."
            ) from None

    def key(self, rows_each: int) -> str:
        """Return a name for this application: another method or other settings have another one."""
        same = replace(self, shards=(), retried=None, config=replace(self.config, budget=Budget()))
        return hashlib.blake2b(same.to_json() + str(rows_each).encode(), digest_size=6).hexdigest()


def with_budgets(plan: ShardPlan, shards: Iterable[Shard], left: Budget) -> ShardPlan:
    """Return ``plan`` with the shards, each with its share of what is ``left`` to spend.

    Calls are shared out exactly: the most that its rows can take, retries where the run may retry. So
    the shares hold what an application in one piece would spend, row by row. Tokens and money are
    shared in proportion to usable rows; what a shard leaves of its share is not given to another.
    """
    shards = tuple(shards)
    usable = sum(shard.usable for shard in shards)
    return replace(
        plan, shards=tuple(replace(shard, budget=_share(plan, shard, left, usable)) for shard in shards)
    )


def _share(plan: ShardPlan, shard: Shard, left: Budget, usable: int) -> Budget:
    part = shard.usable / usable if usable else 0.0
    calls = None
    if left.calls is not None and plan.retried is not None:
        each = calls_each(plan.config, answered=plan.config.answers)
        retried = min(max(plan.retried - shard.usable_before, 0), shard.usable)
        calls = max(1, (shard.usable + retried) * each)
    return Budget(
        calls=calls,
        tokens=None if left.tokens is None else max(1, int(left.tokens * part)),
        cost=None if left.cost is None else max(1e-9, left.cost * part),
    )
