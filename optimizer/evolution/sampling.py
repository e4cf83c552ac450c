"""Drawing dev set, holdout and batches from a stream of rows in one pass, in memory of a fixed size."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.counted import counted
from optimizer.errors import InputError
from optimizer.evolution.config import EvolveConfig
from optimizer.instructions.records import Instruction, InstructionSource, Row
from optimizer.prompts.rules import fingerprint
from optimizer.seeds import generator
from optimizer.ways_out import Fix, Knob

MEASURED_ROWS = 200
"""Rows whose complexity and diversity are measured before and after the application."""
_POOL = 2_000
"""Most instructions that batches are drawn from: the paper's share for the optimisation (section 4.1)."""
_FEWEST = 4
_FEWEST_HOLDOUT = 6
"""An exact paired test of fewer instructions cannot reach 5 %."""


@dataclass(frozen=True, slots=True)
class DataSample:
    """What one pass over the data gave. The three groups share no text; all are in a seeded order.

    ``measured`` holds the numbers of the rows that are measured, ``letters`` the mean length of the
    usable instructions.
    """

    rows: int
    unusable: int
    dev: tuple[Instruction, ...]
    holdout: tuple[Instruction, ...]
    pool: tuple[Instruction, ...]
    measured: frozenset[int]
    letters: float
    warnings: tuple[str, ...]


def shown(instruction: Instruction) -> str:
    """Return the whole of an instruction as its reader gets it: with its context, if it has one."""
    return f"{instruction.text}\n\n{instruction.context}" if instruction.context else instruction.text


def why_unusable(row: Row, longest: int) -> str:
    """Return why a row cannot be evolved, "" when it can. ``longest`` is in characters."""
    if not isinstance(row, Instruction):
        return row.why
    if not row.text.strip():
        return "The instruction is empty."
    if (size := len(row.text) + len(row.context)) > longest:
        return f"The instruction has {size} characters, more than {longest}."
    return ""


class _Lowest:
    """Keeps the ``size`` rows with the lowest keys, equal keys once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[int, Instruction]] = []
        self._keys: set[int] = set()

    def offer(self, key: int, instruction: Instruction) -> None:
        """Take ``instruction`` in when its key is low enough and new."""
        if key in self._keys or (len(self._heap) >= self._size and -self._heap[0][0] <= key):
            return
        self._keys.add(key)
        heapq.heappush(self._heap, (-key, replace(instruction, response="", original={})))
        if len(self._heap) > self._size:
            self._keys.discard(-heapq.heappop(self._heap)[0])

    def ordered(self) -> list[Instruction]:
        """Return the kept rows, lowest key first."""
        return [instruction for _, instruction in sorted(self._heap, key=lambda pair: -pair[0])]


def draw_sample(source: InstructionSource, config: EvolveConfig) -> DataSample:
    """Read ``source`` once and draw the groups by a seeded hash of each instruction. Blocks.

    Equal instructions count once, so that no dev or held-out instruction is also in a batch.

    Raises:
        InputError: the data cannot be read, is empty, or has too few usable instructions to search on.
    """
    wanted = config.dev + config.holdout + _pool_size(config) if searches(config) else 0
    lowest, measured = _Lowest(wanted), _Lowest(MEASURED_ROWS)
    rows = unusable = letters = 0
    for row in source.rows():
        rows += 1
        if why_unusable(row, config.max_instruction_chars) or not isinstance(row, Instruction):
            unusable += 1
            continue
        letters += len(row.text) + len(row.context)
        measured.offer(_key(config.seed, "measured", str(row.row)), row)
        if wanted:
            lowest.offer(_key(config.seed, "groups", fingerprint(shown(row))), row)
    usable = rows - unusable
    if not usable:
        raise InputError(
            "The data has no usable instruction.", "Look at what each row was refused for.", field="data"
        )
    dev, holdout, pool, warnings = _groups(lowest.ordered(), config) if wanted else ((), (), (), ())
    return DataSample(
        rows=rows,
        unusable=unusable,
        dev=dev,
        holdout=holdout,
        pool=pool,
        measured=frozenset(item.row for item in measured.ordered()),
        letters=letters / usable,
        warnings=(*(source.notes or _about_rows(rows, unusable)), *warnings),
    )


def searches(config: EvolveConfig) -> bool:
    """Tell whether anything is measured before the application: not when a method is applied as it is."""
    return config.steps > 0 or config.algorithm != "auto-evol"


class BatchDeck:
    """Deals batches out of the pool: all of it once in seeded order, then all of it in another order."""

    def __init__(self, pool: tuple[Instruction, ...], size: int, seed: int) -> None:
        self._pool, self._size, self._seed = pool, min(size, len(pool)), seed
        self._cards = self._deal()

    def batch(self) -> tuple[Instruction, ...]:
        """Return the next batch; no instruction is in it twice."""
        drawn: dict[int, Instruction] = {}
        while len(drawn) < self._size:
            card = next(self._cards)
            drawn.setdefault(card.row, card)
        return tuple(drawn.values())

    def _deal(self) -> Iterator[Instruction]:
        turn = 0
        while True:
            cards = list(self._pool)
            generator(self._seed, "batches", turn).shuffle(cards)
            yield from cards
            turn += 1


def _pool_size(config: EvolveConfig) -> int:
    return 0 if config.algorithm != "auto-evol" else max(_POOL, config.batch)


def _key(seed: int, purpose: str, text: str) -> int:
    content = f"{seed}/{purpose}/{text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=16).digest(), "big")


Groups = tuple[tuple[Instruction, ...], tuple[Instruction, ...], tuple[Instruction, ...], tuple[str, ...]]


def _groups(drawn: list[Instruction], config: EvolveConfig) -> Groups:
    """Cut the drawn instructions into dev, holdout and pool, all smaller when there are too few."""
    batch = config.batch if config.algorithm == "auto-evol" else 0
    wanted = config.dev + config.holdout + batch
    if len(drawn) < _FEWEST:
        raise InputError(
            f"{len(drawn)} different usable instructions are too few to compare methods on.",
            Fix(
                f"Give at least {_FEWEST}, or apply the first method as it is: {{}}.", Knob.FIRST_METHOD_ONLY
            ),
            field="data",
        )
    if len(drawn) >= wanted:
        dev, holdout = config.dev, config.holdout
        warnings: tuple[str, ...] = ()
    else:
        share = len(drawn) / wanted
        holdout = int(config.holdout * share)
        holdout = holdout if holdout >= _FEWEST_HOLDOUT else 0
        dev = max(2, min(config.dev, int(config.dev * share)))
        warnings = (_too_few(len(drawn), wanted, dev, holdout, config),)
    return (
        tuple(drawn[:dev]),
        tuple(drawn[dev : dev + holdout]),
        tuple(drawn[dev + holdout :]),
        warnings,
    )


def _too_few(have: int, wanted: int, dev: int, holdout: int, config: EvolveConfig) -> str:
    untested = "" if holdout or not config.holdout else " Nothing is held out, so there will be no verdict."
    return (
        f"There are {have} different usable instructions, fewer than the {wanted} that searching and testing would "
        f"take: methods are compared on {dev}, tested on {holdout}.{untested}"
    )


def _about_rows(rows: int, unusable: int) -> tuple[str, ...]:
    return (f"Unusable, and kept as they are: {unusable:,} of {counted(rows, 'row')}.",) if unusable else ()
