"""Which drafts become candidates: rules first, then duplicates, then the cap on one parent's successors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.events import CandidateRejected, CandidatesProposed, EventSink, Proposal
from optimizer.prompts.rules import PROPOSED_BEFORE, fingerprint, why_rejected
from optimizer.search.candidates import Candidate, Draft, Offspring
from optimizer.seeds import generator


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """Limits on what may become a candidate."""

    max_chars: int
    max_successors: int
    seed: int


def admit(
    offspring: Sequence[Offspring],
    round_number: int,
    seen: set[str],
    rules: AdmissionRules,
    emit: EventSink,
) -> tuple[Candidate, ...]:
    """Turn the drafts of a round into candidates and tell what was rejected and why.

    ``seen`` holds the fingerprints of every prompt of the run and grows. When a parent has more
    successors than allowed, a seeded random choice keeps some, as in the paper.
    """
    candidates: list[Candidate] = []
    for brood in offspring:
        passed = []
        for draft in brood.drafts:
            why = _why_not(brood.parent, draft, seen, rules)
            if why:
                emit(CandidateRejected(round_number, brood.parent.id, draft.origin, why))
            else:
                seen.add(fingerprint(brood.parent.prompt.with_edit(draft.text).text))
                passed.append(draft)
        for draft in _capped(passed, rules, f"r{round_number}/{brood.parent.id}"):
            candidates.append(
                Candidate(
                    id=f"r{round_number}.{len(candidates) + 1}",
                    prompt=brood.parent.prompt.with_edit(draft.text),
                    parent=brood.parent.id,
                    origin=draft.origin,
                    reason=draft.reason,
                )
            )
    emit(CandidatesProposed(round_number, tuple(_shown(item) for item in candidates)))
    return tuple(candidates)


def _shown(candidate: Candidate) -> Proposal:
    prompt = candidate.prompt.text
    return Proposal(candidate.id, candidate.parent, candidate.origin, candidate.reason, prompt)


def _why_not(parent: Candidate, draft: Draft, seen: set[str], rules: AdmissionRules) -> str | None:
    why = why_rejected(parent.prompt, draft.text, max_chars=rules.max_chars)
    if why:
        return why
    if fingerprint(parent.prompt.with_edit(draft.text).text) in seen:
        return PROPOSED_BEFORE
    return None


def _capped(drafts: Sequence[Draft], rules: AdmissionRules, place: str) -> list[Draft]:
    if len(drafts) <= rules.max_successors:
        return list(drafts)
    kept = generator(rules.seed, "successors", place).sample(range(len(drafts)), rules.max_successors)
    return [drafts[index] for index in sorted(kept)]
