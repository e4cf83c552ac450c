"""A round's newcomers: reflections of all parents side by side, then screening in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from optimizer.concurrently import both, together
from optimizer.config import RacingConfig
from optimizer.control import Feedback
from optimizer.evaluation import Judged
from optimizer.events import CandidateRejected
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate, Draft
from optimizer.search.racing.demonstrated import demonstrated
from optimizer.search.racing.frontier import Standing, complementary, shared_difficulty
from optimizer.search.racing.reflection import OnDraft, follow, merge, reflect
from optimizer.search.racing.screening import Screen
from optimizer.search.racing.telling import tell_proposals, tell_reasons
from optimizer.seeds import generator
from optimizer.task import Example

_REMEMBERED_FAILURES = 6


class _Child(NamedTuple):
    """A draft with the standing of its parent."""

    parent: Standing
    draft: Draft


@dataclass(frozen=True, slots=True)
class Brood:
    """What a round brought: candidates that may race, and the pattern behind each parent's errors."""

    newcomers: tuple[Candidate, ...]
    reasons: tuple[str, ...]


class Proposing:
    """Proposes newcomers; remembers what was proposed before, and which edits did not help."""

    def __init__(
        self,
        context: SearchContext,
        *,
        first_rung: int,
        reflected: Sequence[Example],
        spare: Sequence[Example],
    ) -> None:
        self._context = context
        self._first = context.pool[:first_rung]
        self._reflected, self._spare = tuple(reflected), tuple(spare)
        self._failed: defaultdict[str, list[str]] = defaultdict(list)
        self._merged: set[tuple[str, str]] = set()
        self._shown: set[str] = set()
        self._led = ""
        self.screen = Screen(context.pool, context.config.max_prompt_chars)

    async def propose(
        self,
        number: int,
        plan: RacingConfig,
        parents: Sequence[Standing],
        front: Sequence[Standing],
        feedback: Sequence[Feedback],
    ) -> Brood:
        """Let every parent reflect at once; each draft starts its first rung as soon as it is there."""
        results = await self._judged(parents)
        place = f"r{number}"
        context = replace(self._context, config=replace(self._context.config, racing=plan))
        size = max(len(judged) for judged in results)
        known = [Standing(one.candidate, judged) for one, judged in zip(parents, results, strict=True)]
        difficulty = shared_difficulty(known if self._reflected else front, size)
        reflecting = together(
            reflect(
                context,
                parent,
                judged,
                difficulty[: len(judged)],
                self._failed[parent.candidate.id],
                f"{place}/{parent.candidate.id}",
                self._starter(parent),
            )
            for parent, judged in zip(parents, results, strict=True)
        )
        leader = parents[0]
        reflections, extras = await both(reflecting, self._extras(place, leader, front, feedback))
        children = [_Child(item.parent, draft) for item in reflections for draft in item.drafts]
        for reflection in reflections:
            tell_reasons(self._context.emit, number, reflection)
        reasons = tuple(reflection.summary for reflection in reflections if reflection.summary)
        return Brood(self._admit(number, [*children, *extras], leader), reasons)

    async def _extras(
        self, place: str, leader: Standing, front: Sequence[Standing], feedback: Sequence[Feedback]
    ) -> list[_Child]:
        """Return what does not come from errors: edits that follow people's words, and a merge."""
        parents = [leader for _ in feedback]
        work = [
            follow(self._context, leader, words, f"{place}/h{index}", self._starter(leader))
            for index, words in enumerate(feedback)
        ]
        pair = self._pair(front)
        if pair:
            parents.append(pair[0])
            work.append(merge(self._context, *pair, f"{place}/merge", self._starter(pair[0])))
        drafted = await together(work)
        return [
            _Child(parent, draft) for parent, drafts in zip(parents, drafted, strict=True) for draft in drafts
        ]

    def remember_failure(self, candidate: Candidate) -> None:
        """Note for its parent's next edits that this one did not help."""
        told = f"{candidate.reason} (tried: no gain)" if candidate.reason else "A rewording (no gain)"
        notes = self._failed[candidate.parent]
        notes.append(told[:400])
        del notes[:-_REMEMBERED_FAILURES]

    async def _judged(self, parents: Sequence[Standing]) -> list[tuple[Judged, ...]]:
        """Return the results that the parents are criticised on: cached, or on examples of their own."""
        if not self._reflected:
            return [parent.judged for parent in parents]
        results = await together(
            self._context.evaluator.evaluate(parent.candidate.prompt, self._reflected) for parent in parents
        )
        return [tuple(judged) for judged in results]

    def _starter(self, parent: Standing) -> OnDraft:
        async def start(draft: Draft) -> None:
            prompt = parent.candidate.prompt
            if self.screen.why_not(prompt, draft.text) is None:
                await self._context.evaluator.evaluate(prompt.with_edit(draft.text), self._first)

        return start

    def _pair(self, front: Sequence[Standing]) -> tuple[Standing, Standing] | None:
        """Return two parents to unite that were not united before; None when there are none."""
        pair = complementary(front, self._context.config.racing.merge_wins)
        names = (pair[0].candidate.id, pair[1].candidate.id) if pair else ("", "")
        if pair is None or names in self._merged:
            return None
        self._merged.add(names)
        return pair

    def _admit(self, number: int, children: Sequence[_Child], leader: Standing) -> tuple[Candidate, ...]:
        """Screen the drafts in a fixed order, make candidates of those that pass, add a demonstrated one."""
        admitted: list[Candidate] = []
        for parent, draft in children:
            prompt = parent.candidate.prompt
            why = self.screen.why_not(prompt, draft.text)
            if why:
                self._context.emit(CandidateRejected(number, parent.candidate.id, draft.origin, why))
                continue
            made = Candidate(
                f"r{number}.{len(admitted) + 1}",
                prompt.with_edit(draft.text),
                parent.candidate.id,
                draft.origin,
                draft.reason,
            )
            self.screen.remember(made.prompt)
            admitted.append(made)
        shown = self._demonstrated(leader.candidate, f"r{number}.{len(admitted) + 1}", number)
        if shown is not None:
            admitted.append(shown)
        tell_proposals(self._context.emit, number, admitted)
        return tuple(admitted)

    def _demonstrated(self, leader: Candidate, name: str, number: int) -> Candidate | None:
        """Return the leader with solved examples, once for each leader that has led for a round."""
        before, self._led = self._led, leader.id
        if leader.id in self._shown or leader.id != before:
            return None
        self._shown.add(leader.id)
        random = generator(self._context.config.seed, "demonstrations", number)
        return demonstrated(
            leader, self._spare, self._context.config.racing.demonstrations, random, name=name
        )
