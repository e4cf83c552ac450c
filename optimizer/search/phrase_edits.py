"""Phrase edits by a learned policy: add, swap, delete or paraphrase one phrase (after GrIPS and TEMPERA).

Stands in for the reinforcement-learning baseline that ProTeGi compares itself with.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from optimizer.concurrently import both, together
from optimizer.control import Feedback
from optimizer.prompts.prompt import parse_prompt
from optimizer.search.algorithm import SearchContext
from optimizer.search.beam_plan import plan_of_samples
from optimizer.search.beam_search import BeamAlgorithm
from optimizer.search.candidates import Candidate, Draft, Offspring
from optimizer.search.operation_policy import OperationPolicy
from optimizer.search.phrases import Phrases, split_phrases
from optimizer.search.proposer import Proposed, Proposer, Scored, follow_words, is_flawless
from optimizer.seeds import generator

OPERATIONS = ("add", "swap", "delete", "paraphrase")
_SHOWN_PHRASE = 60


class PhraseEdits(BeamAlgorithm):
    """Edits the beam phrase by phrase; rewards teach which operations pay on this task."""

    def __init__(self) -> None:
        super().__init__("rl", _Editor, plan_of_samples)


class _Editor(Proposer):
    """Draws operations, carries them out, and learns from the paired gain over the parent."""

    def __init__(self, context: SearchContext) -> None:
        self._context = context
        self._policy = OperationPolicy(OPERATIONS)
        self._spare: list[str] = _first_spares(context)
        self._done: dict[str, tuple[str, str]] = {}
        """Text of a successor -> (id of its parent, operation)."""

    async def propose(
        self, number: int, parents: Sequence[Candidate], feedback: Sequence[Feedback]
    ) -> Proposed:
        """See ``Proposer.propose``."""
        if not feedback and await is_flawless(self._context, parents[0]):
            return Proposed((), perfect=True)
        edited, wished = await both(
            together(
                self._edited(parent, f"r{number}/{parent.id}/op{index}")
                for parent in parents
                for index in range(self._context.config.max_successors)
            ),
            follow_words(self._context, parents[0], feedback, number),
        )
        offspring = []
        for place, parent in enumerate(parents):
            each = self._context.config.max_successors
            drafts = [draft for draft in edited[place * each : (place + 1) * each] if draft is not None]
            offspring.append(Offspring(parent, (*(wished if place == 0 else ()), *drafts)))
        return Proposed(tuple(offspring))

    async def summary(self, number: int, proposed: Proposed) -> str:
        """Tell the policy that this round's edits were drawn from."""
        chances = ", ".join(f"{name} {chance:.0%}" for name, chance in self._policy.probabilities.items())
        return f"Chances of the phrase operations this round: {chances}."

    def learn(self, newcomers: Sequence[Candidate], ranking: Sequence[Scored]) -> None:
        """Reward each operation with the gain over its parent, on the examples that both have seen."""
        scores = {candidate.id: arm.scores for candidate, arm in ranking}
        for item in newcomers:
            parent, operation = self._done.get(item.prompt.text, ("", ""))
            pairs = list(zip(scores[item.id], scores.get(parent, ()), strict=False))
            if operation and pairs:
                gain = sum(mine - theirs for mine, theirs in pairs) / len(pairs)
                self._policy.reward(operation, gain)

    async def _edited(self, parent: Candidate, place: str) -> Draft | None:
        """Carry out one drawn operation; None when the prompt has no phrase that may be touched."""
        drawn = generator(self._context.config.seed, "phrases", place)
        phrases = split_phrases(parent.prompt.editable_text)
        possible = self._possible(phrases)
        if not possible:
            return None
        operation = self._policy.draw(possible, drawn)
        if operation == "paraphrase":
            index = drawn.choice(phrases.movable)
            other = await self._reworded(phrases.phrases[index], place)
            edited, told = phrases.with_replaced(index, other), _told("Reworded", phrases.phrases[index])
        else:
            edited, told = self._moved(operation, phrases, drawn)
        text = edited.text
        self._done.setdefault(parent.prompt.with_edit(text).text, (parent.id, operation))
        return Draft(text, "paraphrase" if operation == "paraphrase" else "edit", told)

    def _possible(self, phrases: Phrases) -> tuple[str, ...]:
        movable = len(phrases.movable)
        enough = {"add": bool(self._new_to(phrases)), "swap": movable > 1, "delete": movable > 1}
        return tuple(name for name in OPERATIONS if enough.get(name, movable > 0))

    def _moved(self, operation: str, phrases: Phrases, drawn: random.Random) -> tuple[Phrases, str]:
        """Add, swap or delete: the operations that need no model."""
        if operation == "swap":
            one, other = drawn.sample(phrases.movable, 2)
            return phrases.swapped(one, other), _told("Exchanged with another phrase", phrases.phrases[one])
        if operation == "delete":
            index = drawn.choice(phrases.movable)
            gone = phrases.phrases[index]
            return phrases.without(index), _told("Left out", gone)
        spare = drawn.choice(self._new_to(phrases))
        return phrases.with_added(spare, drawn.choice((0, *phrases.movable))), _told("Added", spare)

    async def _reworded(self, phrase: str, place: str) -> str:
        alone = parse_prompt(phrase)
        found = await self._context.critic.paraphrase(alone, 1, place)
        return found[0] if found else phrase

    def _new_to(self, phrases: Phrases) -> list[str]:
        """Return the spare phrases that the prompt does not have."""
        return [phrase for phrase in self._spare if phrase not in phrases.phrases]


def _first_spares(context: SearchContext) -> list[str]:
    """Return what may be added: sentences about the task, and the first prompt's own phrases again."""
    task = context.task
    spares = ["Read the whole input before you answer."]
    if task.labels:
        spares.append(f"Answer with exactly one of: {', '.join(task.labels)}.")
        spares.append("Answer with the label alone.")
    if task.goal:
        spares.append(task.goal)
    own = split_phrases(task.prompt.editable_text)
    return [*spares, *(own.phrases[index] for index in own.movable)]


def _told(what: str, phrase: str) -> str:
    shown = phrase if len(phrase) <= _SHOWN_PHRASE else f"{phrase[:_SHOWN_PHRASE]}…"
    return f"{what}: “{shown}”"
