"""The structure of a prompt that is rewritten as a whole: its sections in order, and which may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.errors import InputError
from optimizer.prompts.demonstrations import find_block
from optimizer.prompts.placeholders import find_placeholders
from optimizer.prompts.prompt import Prompt, reframed
from optimizer.prompts.rules import same_text, why_other_placeholders, why_unfit
from optimizer.prompts.sections import Section, split_sections
from optimizer.tagged_blocks import guarded


@dataclass(frozen=True, slots=True)
class Structure:
    """The headings and marker lines of a prompt in their order, and for each whether its text may change."""

    headings: tuple[str, ...]
    free: tuple[bool, ...]


def whole(prompt: Prompt) -> Prompt:
    """Return ``prompt``, the same to the letter, with all of its sections apart and none singled out."""
    return replace(prompt, sections=split_sections(prompt.base), editable=None)


def read_structure(prompt: Prompt, wanted: Sequence[str] = ()) -> Structure:
    """Return the structure of ``prompt``; ``wanted`` are titles of the only sections that may change.

    Without ``wanted`` every section may change that has a text, is not marked ``(protected)`` and is no
    answer of the assistant.

    Raises:
        InputError: a wanted section is not there or protected, or nothing is left that may change.
    """
    sections = whole(prompt).sections
    open_ = [
        bool(section.body.strip()) and not section.protected and section.role != "assistant"
        for section in sections
    ]
    titles = [title_of(section) for section in sections]
    for title in wanted:
        if not any(_same(title, have) and may for have, may in zip(titles, open_, strict=True)):
            named = ", ".join(have for have, may in zip(titles, open_, strict=True) if may and have)
            raise InputError(
                f"The prompt has no section {title!r} that may change.",
                f"Its open sections are {named}." if named else "Leave the sections out: it has no headings.",
                field="prompt",
            )
    free = [
        may and (not wanted or any(_same(title, have) for title in wanted))
        for have, may in zip(titles, open_, strict=True)
    ]
    if not any(free):
        raise InputError(
            "Every section of the prompt is protected, so nothing may be evolved.",
            "Take the mark (protected) off the section that shall be improved.",
            field="prompt",
        )
    return Structure(tuple(section.heading.strip() for section in sections), tuple(free))


def title_of(section: Section) -> str:
    """Return what a heading says without its mark; a marker line stands for itself."""
    return section.title or section.heading.strip()


def why_broken(structure: Structure, parent: Prompt, proposal: str, *, limit: int) -> str | None:
    """Return one plain sentence on why ``proposal`` may not replace ``parent`` as a whole, None if it may.

    Headings and marker lines must stay as they are and in their order, sections that may not change the
    same to the letter, and every placeholder in its section. ``limit`` is in characters.
    """
    old = parent.base
    why = why_unfit(old, proposal, limit=limit)
    if why:
        return why
    sections = split_sections(proposal.strip())
    why = _other_headings(structure.headings, sections)
    if why:
        return why
    if find_block(proposal) is not None:
        return "The edit adds demonstrations."
    for before, after, free in zip(whole(parent).sections, sections, structure.free, strict=True):
        why = _why_section(before, after, free=free)
        if why:
            return why
    return None


def rebuilt(structure: Structure, parent: Prompt, proposal: str) -> Prompt:
    """Return ``parent`` with the open sections of a ``proposal`` that ``why_broken`` found nothing against.

    Blank lines around a section stay as the parent has them.
    """
    pairs = zip(whole(parent).sections, split_sections(proposal.strip()), structure.free, strict=True)
    sections = tuple(
        replace(before, body=reframed(before.body, after.body))
        if free and _changed(before, after)
        else before
        for before, after, free in pairs
    )
    return replace(parent, sections=sections, editable=None)


def changed_titles(before: Prompt, after: Prompt) -> tuple[str, ...]:
    """Return the titles of the sections whose text differs; both prompts have the same structure."""
    pairs = zip(whole(before).sections, whole(after).sections, strict=True)
    return tuple(title_of(one) for one, other in pairs if _changed(one, other))


def why_other_headings(structure: Structure, prompt: Prompt) -> str | None:
    """Return how the headings and marker lines of ``prompt`` differ from the structure, None if they do not."""
    return _other_headings(structure.headings, whole(prompt).sections)


def _other_headings(wanted: Sequence[str], sections: Sequence[Section]) -> str | None:
    left = [section.heading.strip() for section in sections]
    if list(wanted) == left:
        return None
    for heading in wanted:
        if heading not in left:
            return f"The edit lost the section {_named(heading)}."
        left.remove(heading)
    if left:
        return f"The edit added the section {_named(left[0])}."
    return "The edit changed the order of the sections."


def _why_section(before: Section, after: Section, *, free: bool) -> str | None:
    name = _named(before.heading.strip())
    if not free:
        shown = guarded(before.text).removeprefix(before.heading)
        if after.body.strip() in (before.body.strip(), shown.strip()):
            return None
        what = "protected section" if before.protected else "section that is to stay:"
        return f"The edit changed the {what} {name}."
    if before.body.strip() and not after.body.strip():
        return f"The edit emptied the section {name}."
    return why_other_placeholders(find_placeholders(before.body), find_placeholders(after.body))


def _named(heading: str) -> str:
    return repr(heading) if heading else "before the first heading"


def _changed(before: Section, after: Section) -> bool:
    return before.body.strip() != after.body.strip()


def _same(one: str, other: str) -> bool:
    return same_text(one.strip("# \t"), other.strip("# \t"))
