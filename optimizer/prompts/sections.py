"""The lines that divide a prompt: headings, marks of protection, and the marker lines of its messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.errors import InputError
from optimizer.model.protocol import Role

_DIVIDER = re.compile(
    r"^(?:(?P<heading>#{1,6}[ \t]+[^\s][^\n]*)|---(?P<role>system|user|assistant)---[ \t]*)$", re.MULTILINE
)
_PROTECTED = "(protected)"
_EDITABLE = re.compile(r"^(task|instructions?|your task|aufgabe|tâche|tarea)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a prompt; ``heading`` is the whole heading or marker line, empty before the first one."""

    heading: str
    body: str

    @property
    def text(self) -> str:
        """The section as it stands in the prompt."""
        return f"{self.heading}{self.body}"

    @property
    def title(self) -> str:
        """What the heading says, empty without one."""
        return self.heading.strip("# \t") if self.heading.startswith("#") else ""

    @property
    def role(self) -> Role | None:
        """The role of the message that begins here, None when none does."""
        match = _DIVIDER.match(self.heading)
        return _ROLES.get(match["role"] or "") if match else None

    @property
    def protected(self) -> bool:
        """Whether the heading is marked ``(protected)``."""
        return self.title.casefold().endswith(_PROTECTED)


_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}


def split_sections(text: str) -> tuple[Section, ...]:
    """Split at headings and marker lines; joining the sections' texts gives ``text`` back."""
    dividers = list(_DIVIDER.finditer(text))
    starts = [match.start() for match in dividers]
    sections = []
    if not starts or starts[0] > 0:
        sections.append(Section("", text[: starts[0]] if starts else text))
    for match, end in zip(dividers, [*starts[1:], len(text)][: len(dividers)], strict=True):
        sections.append(Section(match[0], text[match.end() : end]))
    return tuple(sections)


def without_marks(text: str) -> str:
    """Return ``text`` with the marks of protection taken off its headings, as a model shall see it."""
    return _DIVIDER.sub(lambda match: _unmarked(match[0]), text)


def _unmarked(line: str) -> str:
    bare = line.rstrip("# \t")
    return bare[: -len(_PROTECTED)].rstrip() if bare.casefold().endswith(_PROTECTED) else line


def part_spans(text: str) -> list[tuple[Role, int, int]]:
    """Return (role, start, end) of each message of a prompt; one user message without marker lines.

    Text before the first marker line is the system message.
    """
    markers = [match for match in _DIVIDER.finditer(text) if match["role"]]
    if not markers:
        return [("user", 0, len(text))]
    spans: list[tuple[Role, int, int]] = []
    if text[: markers[0].start()].strip():
        spans.append(("system", 0, markers[0].start()))
    ends = [*(match.start() for match in markers[1:]), len(text)]
    spans += [(_ROLES[match["role"]], match.end(), end) for match, end in zip(markers, ends, strict=True)]
    return [span for span in spans if text[span[1] : span[2]].strip()]


def choose_editable(sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], int | None]:
    """Return the sections, neighbours merged where they are edited as one, and the index to edit.

    That is the section headed *Task* or *Instructions*; without one, and when something is
    protected or there are several messages, the longest unprotected stretch (of the system message
    if it has one, else of a user message); else the whole prompt (None).

    Raises:
        InputError: every section with text is protected.
    """
    for index, section in enumerate(sections):
        if _EDITABLE.match(section.title) and not section.protected:
            return sections, index
    if not any(section.protected or section.role for section in sections):
        return sections, None
    stretches = [
        (role == "system", length, start, stop)
        for role, start, stop in _stretches(sections)
        if (length := len(_merged(sections[start:stop]).body.strip())) and role != "assistant"
    ]
    if not stretches:
        raise InputError(
            "Every section of the prompt is protected, so nothing may be edited.",
            "Take the mark (protected) off the section that shall be improved.",
            field="prompt",
        )
    _, _, start, stop = max(stretches, key=lambda item: (item[0], item[1], -item[2]))
    return (*sections[:start], _merged(sections[start:stop]), *sections[stop:]), start


def _stretches(sections: tuple[Section, ...]) -> Iterator[tuple[Role, int, int]]:
    """Yield (role, start, stop) of each run of unprotected sections within one message."""
    role: Role = "system" if any(section.role for section in sections) else "user"
    start = 0
    for index, section in enumerate(sections):
        if section.role or section.protected:
            if index > start:
                yield role, start, index
            start = index + 1 if section.protected else index
            role = section.role or role
    if start < len(sections):
        yield role, start, len(sections)


def _merged(sections: tuple[Section, ...]) -> Section:
    first, *rest = sections
    return Section(first.heading, first.body + "".join(section.text for section in rest))
