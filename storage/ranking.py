"""Merges the word search and the vector search into one ranked list that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storage.embeddings import Embedder
from storage.prompt_record import PromptRecord
from storage.words import shared_words

_STEADINESS = 20
_WORDS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A prompt that was found. ``similarity`` (0..1) is the cosine with the question; ``why`` is plain words."""

    record: PromptRecord
    similarity: float
    why: str


def ranked(
    records: Mapping[int, PromptRecord],
    words: Sequence[str],
    by_words: Sequence[int],
    likeness: Mapping[int, tuple[float, float]],
    embedder: Embedder,
    limit: int,
    least: float = 0.0,
) -> list[Found]:
    """Rank ``records`` (by number) and keep the best of each run, at most ``limit`` with ``least`` likeness.

    ``by_words`` are the numbers that the word search found, best first; ``likeness`` the cosines
    with the final and the first prompt. Ranks are fused by the sum of their reciprocals (Cormack,
    Clarke and Büttcher 2009), so that neither scale has to be translated into the other.
    A prompt that is neither near enough nor shares a word is left out.
    """
    near = {number: max(both) for number, both in likeness.items() if max(both) >= embedder.related}
    by_vector = sorted(near, key=lambda number: (-near[number], number))
    score: dict[int, float] = {}
    for order in (by_words, by_vector):
        for rank, number in enumerate(order):
            score[number] = score.get(number, 0.0) + 1 / (_STEADINESS + rank)
    numbers = [number for number in score if number in records]
    numbers.sort(key=lambda number: (-score[number], -records[number].created_at, number))
    found: dict[str, Found] = {}
    for number in numbers:
        record = records[number]
        final, seed = likeness.get(number, (0.0, 0.0))
        if record.run_id in found or max(final, seed) < least:
            continue
        why = _why(record, words, final, seed, embedder)
        found[record.run_id] = Found(record, min(1.0, max(0.0, final, seed)), why)
        if len(found) == limit:
            break
    return list(found.values())


def _why(record: PromptRecord, words: Sequence[str], final: float, seed: float, embedder: Embedder) -> str:
    reasons = []
    closest = max(final, seed)
    if closest > 0.995:
        reasons.append("the same first prompt" if seed >= final else "the same prompt")
    elif closest >= embedder.related:
        part = "its first prompt" if seed > final else "its text"
        reasons.append(f"{part} is {round(100 * closest)} % alike in {embedder.sense}")
    shared = shared_words(words, record.title, record.text, record.seed_text)
    if shared:
        shown = ", ".join(f"“{word}”" for word in shared[:_WORDS_SHOWN])
        more = " …" if len(shared) > _WORDS_SHOWN else ""
        reasons.append(f"has {shown}{more}")
    if record.status == "accepted":
        reasons.append("accepted")
    return "; ".join(reasons) or "shares words"
