"""One parent's reflection: error batches, reasons, their summary, edits; each edit races as it comes."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from optimizer.concurrently import together
from optimizer.control import Feedback
from optimizer.critique.summary import summarise_reasons
from optimizer.evaluation import Judged
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Draft
from optimizer.search.racing.frontier import Standing
from optimizer.seeds import generator

T = TypeVar("T")

OnDraft = Callable[[Draft], Awaitable[None]]
"""Called with each draft as soon as it is there: starts its first rung without waiting for the others."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """What one parent gave: the results it was criticised on, error batches, reasons, summary, drafts."""

    parent: Standing
    judged: tuple[Judged, ...]
    batches: tuple[tuple[Judged, ...], ...]
    reasons: tuple[tuple[str, ...], ...]
    summary: str
    drafts: tuple[Draft, ...]


async def reflect(
    context: SearchContext,
    parent: Standing,
    judged: Sequence[Judged],
    difficulty: Sequence[float],
    failed: Sequence[str],
    place: str,
    on_draft: OnDraft,
) -> Reflection:
    """Find out why ``parent`` fails and edit it; reasons of all batches feed every edit.

    ``judged`` are the results that it is criticised on. ``difficulty`` weights the errors among them:
    what the whole frontier gets wrong comes first. ``failed`` tells of earlier edits of this parent
    that did not help.
    """
    racing = context.config.racing
    batches = error_batches(
        judged, difficulty, racing.error_batches, racing.errors_per_batch, context.config.seed, place
    )
    right = anchors(judged, racing.anchors, context.config.seed, place)
    critic, prompt = context.critic, parent.candidate.prompt
    reasons = await together(
        critic.critique(prompt, batch, racing.reasons_per_batch, f"{place}/g{index}", right=right)
        for index, batch in enumerate(batches)
    )
    flat = [reason for some in reasons for reason in some]
    summary = await summarise_reasons(critic, flat, f"{place}/summary")
    # Reasons of all batches take turns; each edit sees the very errors that its reason explains.
    pairs = list(
        _in_turns(
            [[(reason, batch) for reason in some] for some, batch in zip(reasons, batches, strict=True)]
        )
    )

    async def edit(index: int) -> tuple[Draft, ...]:
        reason, wrong = pairs[index % len(pairs)]
        texts = await critic.edit(
            prompt, wrong, reason, 1, f"{place}/e{index}", summary=summary, failed=failed
        )
        drafts = tuple(Draft(text, "edit", reason) for text in texts)
        await together(_started(on_draft, draft) for draft in drafts)
        return drafts

    drafts = await together(edit(index) for index in range(racing.edits_per_parent)) if flat else []
    return Reflection(
        parent,
        tuple(judged),
        tuple(batches),
        tuple(reasons),
        summary,
        tuple(draft for some in drafts for draft in some),
    )


async def follow(
    context: SearchContext, parent: Standing, words: Feedback, place: str, on_draft: OnDraft
) -> tuple[Draft, ...]:
    """Turn a person's words into edits of ``parent``, as if they were a reason."""
    texts = await context.critic.edit(parent.candidate.prompt, (), words.text, 2, place)
    drafts = tuple(Draft(text, "feedback", words.text) for text in texts)
    await together(_started(on_draft, draft) for draft in drafts)
    return drafts


async def merge(
    context: SearchContext, one: Standing, other: Standing, place: str, on_draft: OnDraft
) -> tuple[Draft, ...]:
    """Ask for one prompt that unites two parents which are right on different examples."""
    lost = [mine for mine, theirs in zip(one.judged, other.judged, strict=True) if _loses(mine, theirs)]
    reason = (
        "Another version of this prompt is right where this one fails. "
        f"Take over what it says and this one lacks:\n{other.candidate.prompt.editable_text}"
    )
    wrong = lost[: context.config.racing.errors_per_batch]
    texts = await context.critic.edit(one.candidate.prompt, wrong, reason, 1, place)
    told = f"United with {other.candidate.id}, which is right on {len(lost)} examples where this one fails."
    drafts = tuple(Draft(text, "merge", told) for text in texts)
    await together(_started(on_draft, draft) for draft in drafts)
    return drafts


def error_batches(
    judged: Sequence[Judged], difficulty: Sequence[float], batches: int, size: int, seed: int, place: str
) -> list[tuple[Judged, ...]]:
    """Draw disjoint batches of the parent's errors, those the whole frontier shares with more weight."""
    random = generator(seed, "batches", place)
    keyed = [
        (random.random() ** (1 / (0.25 + weight)), item)
        for item, weight in zip(judged, difficulty, strict=True)
        if item.is_wrong
    ]
    drawn = [item for _, item in sorted(keyed, key=lambda pair: -pair[0])][: batches * size]
    count = max(1, min(batches, -(-len(drawn) // size))) if drawn else 0
    return [tuple(drawn[index::count]) for index in range(count)]


def anchors(judged: Sequence[Judged], count: int, seed: int, place: str) -> tuple[Judged, ...]:
    """Draw examples that the parent gets right and an edit must not break."""
    right = [item for item in judged if item.outcome.score >= 1.0]
    return tuple(generator(seed, "anchors", place).sample(right, min(count, len(right))))


def _in_turns(rows: Sequence[Sequence[T]]) -> Iterator[T]:
    """Yield the first of each row, then the second of each, and so on."""
    for items in itertools.zip_longest(*rows, fillvalue=None):
        yield from (item for item in items if item is not None)


def _loses(mine: Judged, theirs: Judged) -> bool:
    return mine.outcome.score < theirs.outcome.score


async def _started(on_draft: OnDraft, draft: Draft) -> None:
    await on_draft(draft)
