"""A finished evolution section by section: what changed from the first prompt to the candidate, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.events import CandidatesProposed, Event, Proposal, RunFinished
from optimizer.prompts.prompt import parse_prompt
from optimizer.prompts.structure import changed_titles, title_of, whole
from optimizer.search.prompt_evolution.events import SectionsChanged


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """A section of the first prompt and what became of it; ``reasons`` are those of every step, in order."""

    heading: str
    before: str
    after: str
    reasons: tuple[str, ...]


def changed_sections(events: Sequence[Event]) -> tuple[ChangedSection, ...]:
    """Return the sections in which the search's candidate differs from the first prompt.

    Empty for a run that did not evolve sections, that has not finished, or that found nothing.
    """
    finished = next((event for event in events if isinstance(event, RunFinished)), None)
    steps = [change for event in events if isinstance(event, SectionsChanged) for change in event.changes]
    if finished is None or not steps:
        return ()
    line = _lineage(finished.candidate_prompt, events)
    first = whole(parse_prompt(finished.seed_prompt))
    last = whole(parse_prompt(finished.candidate_prompt))
    if len(first.sections) != len(last.sections):
        return ()
    changed = set(changed_titles(first, last))
    return tuple(
        ChangedSection(
            title_of(before),
            before.body.strip(),
            after.body.strip(),
            tuple(
                dict.fromkeys(
                    change.why
                    for name in line
                    for change in steps
                    if change.candidate == name and change.heading == title_of(before)
                )
            ),
        )
        for before, after in zip(first.sections, last.sections, strict=True)
        if title_of(before) in changed and before.body.strip() != after.body.strip()
    )


def _lineage(candidate: str, events: Sequence[Event]) -> tuple[str, ...]:
    """Return the ids from the first descendant of the seed to the candidate with this text."""
    proposed: dict[str, Proposal] = {
        item.id: item for event in events if isinstance(event, CandidatesProposed) for item in event.proposals
    }
    name = next((item.id for item in proposed.values() if item.text == candidate), "")
    line: list[str] = []
    while name in proposed:
        line.append(name)
        name = proposed[name].parent
    return tuple(reversed(line))
