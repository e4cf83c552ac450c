"""Expanding one parent: minibatch, error groups, gradients, edits, paraphrases (ProTeGi, algorithm 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.concurrently import both, together
from optimizer.control import Feedback
from optimizer.evaluation import Judged
from optimizer.prompts.prompt import Prompt
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate, Draft
from optimizer.seeds import generator


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One error group: the reasons found for it, and the drafts made against them."""

    wrong: tuple[Judged, ...]
    reasons: tuple[str, ...]
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Everything one parent gave in one round."""

    parent: Candidate
    minibatch: int
    wrong: tuple[Judged, ...]
    groups: tuple[GroupResult, ...]
    paraphrases: tuple[Draft, ...]

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All drafts in a fixed order: the groups' own, then the parent's paraphrases."""
        return (*(draft for group in self.groups for draft in group.drafts), *self.paraphrases)


async def expand(
    context: SearchContext, parent: Candidate, round_number: int, feedback: Sequence[Feedback]
) -> Expansion:
    """Run the parent on a minibatch and make successors; everything that can overlap does."""
    config = context.config
    place = f"r{round_number}/{parent.id}"
    random = generator(config.seed, "minibatch", place)
    size = min(config.minibatch_size, len(context.pool))
    minibatch = random.sample(context.pool, size)
    wording = _paraphrases(context, parent.prompt, "", place)
    judged, paraphrases = await both(context.evaluator.evaluate(parent.prompt, minibatch), wording)
    wrong = tuple(item for item in judged if item.is_wrong)
    groups = error_groups(wrong, config.error_groups, config.errors_per_group, config.seed, place)
    results = await together(
        [
            *(
                _work_on(context, parent.prompt, group, f"{place}/g{index}")
                for index, group in enumerate(groups)
            ),
            *(
                _follow(context, parent.prompt, words, f"{place}/h{index}")
                for index, words in enumerate(feedback)
            ),
        ]
    )
    return Expansion(parent, size, wrong, tuple(results), paraphrases)


def error_groups(
    wrong: Sequence[Judged], groups: int, size: int, seed: int, place: str
) -> list[tuple[Judged, ...]]:
    """Deal the errors into at most ``groups`` disjoint groups of at most ``size``, at random.

    Disjoint, so that the same error does not fill every group when errors are few.
    """
    shuffled = list(wrong)
    generator(seed, "groups", place).shuffle(shuffled)
    chunks = [tuple(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]
    return chunks[:groups]


async def _work_on(
    context: SearchContext, prompt: Prompt, wrong: tuple[Judged, ...], place: str
) -> GroupResult:
    """Critique one error group; each reason's edit starts as soon as the reasons are there."""
    reasons = await context.critic.critique(prompt, wrong, context.config.reasons_per_group, place)
    drafts = await together(
        _edits(context, prompt, wrong, reason, f"{place}/s{index}") for index, reason in enumerate(reasons)
    )
    return GroupResult(wrong, reasons, tuple(draft for some in drafts for draft in some))


async def _follow(context: SearchContext, prompt: Prompt, words: Feedback, place: str) -> GroupResult:
    """Turn a person's words into edits, as if they were a gradient."""
    return GroupResult((), (words.text,), await _edits(context, prompt, (), words.text, place))


async def _edits(
    context: SearchContext, prompt: Prompt, wrong: tuple[Judged, ...], reason: str, place: str
) -> tuple[Draft, ...]:
    texts = await context.critic.edit(prompt, wrong, reason, context.config.edits_per_reason, place)
    around = await together(
        _paraphrases(context, prompt.with_edit(text), reason, f"{place}/e{index}")
        for index, text in enumerate(texts)
    )
    drafts = []
    for text, paraphrases in zip(texts, around, strict=True):
        drafts.append(Draft(text, "edit", reason))
        drafts.extend(paraphrases)
    return tuple(drafts)


async def _paraphrases(context: SearchContext, prompt: Prompt, reason: str, place: str) -> tuple[Draft, ...]:
    """Ask for Monte Carlo successors, one call each: independent samples, as in the paper."""
    texts = await together(
        context.critic.paraphrase(prompt, 1, f"{place}/mc{index}")
        for index in range(context.config.paraphrases_per_edit)
    )
    return tuple(Draft(text, "paraphrase", reason) for some in texts for text in some)
