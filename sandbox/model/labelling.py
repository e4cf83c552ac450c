"""Choosing a label: the guideline that the input matches best, with noise that belongs to the input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from sandbox.model.dice import chance
from sandbox.model.prompt_reading import Reading
from sandbox.model.words import content_stems, with_pairs

NOISE = 0.35
WORDING_NOISE = 0.12
HEAT_NOISE = 0.4
SLIP_RATE = 0.03


@dataclass(frozen=True, slots=True)
class Decision:
    """The label taken, the one that came second, and the cues that spoke for the first."""

    label: str
    runner_up: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """What is read in an input: its cues, and a digest that seeds its noise."""

    cues: tuple[str, ...]
    digest: str


@lru_cache(maxsize=20_000)
def features_of(text: str) -> Features:
    """Return the stems and pairs of stems of an input."""
    digest = hashlib.blake2b(text.strip().encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return Features(tuple(with_pairs(content_stems(text))), digest)


def decide(
    reading: Reading, text: str, *, heat: float, draw: tuple[object, ...], server_seed: int
) -> Decision:
    """Return the best label; ``reading.labels`` must have at least one.

    ``heat`` is the temperature, ``draw`` what tells repeated samples apart. An input that is hard to
    read stays hard under every prompt: most of the noise is a property of the input alone.
    """
    features = features_of(text)
    scores = list(reading.prior)
    evidence: dict[int, list[str]] = {}
    for cue in features.cues:
        for index, weight in reading.cues.get(cue, ()):
            scores[index] += weight
            if weight > 0:
                evidence.setdefault(index, []).append(cue)
    for index, label in enumerate(reading.labels):
        key = label.lower()
        scores[index] += NOISE * chance("noise", server_seed, features.digest, key)
        scores[index] += WORDING_NOISE * chance(
            "wording", features.digest, key, len(reading.cues), scores[index]
        )
        if heat > 0:
            scores[index] += HEAT_NOISE * heat * chance("heat", features.digest, key, *draw)
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    if len(order) > 1 and chance("slip", server_seed, features.digest) < SLIP_RATE:
        order[0], order[1] = order[1], order[0]
    first, second = order[0], order[min(1, len(order) - 1)]
    return Decision(reading.labels[first], reading.labels[second], tuple(evidence.get(first, ())))
