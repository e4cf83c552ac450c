"""A prompt: sections of which one may be edited, and placeholders that survive every edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimizer.errors import InputError
from optimizer.examples.roles import folded
from optimizer.prompts.placeholders import fill_placeholders, find_placeholders

MAX_CHARS = 50_000
"""Longest first prompt that is accepted, in characters."""

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_EDITABLE = re.compile(r"^(task|instructions?|your task|aufgabe|tâche|tarea)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a prompt; ``heading`` is the whole heading line, empty before the first one."""

    heading: str
    body: str

    @property
    def text(self) -> str:
        """The section as it stands in the prompt."""
        return f"{self.heading}{self.body}"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Sections in order; ``editable`` is the index of the one that edits may change, None for all.

    Joining the sections gives back the text exactly: a prompt survives the way in and out unchanged.
    """

    sections: tuple[Section, ...]
    editable: int | None

    @property
    def text(self) -> str:
        """The whole prompt, placeholders unfilled."""
        return "".join(section.text for section in self.sections)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names of the placeholders in the whole prompt."""
        return find_placeholders(self.text)

    @property
    def editable_text(self) -> str:
        """What an editor is shown and may rewrite, without surrounding blank lines."""
        if self.editable is None:
            return self.text.strip()
        return self.sections[self.editable].body.strip()

    def with_edit(self, new_text: str) -> Prompt:
        """Return the prompt with its editable part replaced; everything else stays to the letter."""
        if self.editable is None:
            return Prompt(sections=(Section("", _reframed(self.text, new_text)),), editable=None)
        old = self.sections[self.editable]
        edited = replace(old, body=_reframed(old.body, new_text))
        sections = (*self.sections[: self.editable], edited, *self.sections[self.editable + 1 :])
        return replace(self, sections=sections)

    def render(self, fields: Mapping[str, str]) -> str:
        """Fill in one example. Without any placeholder the input follows in a section of its own.

        Raises:
            InputError: a placeholder has no field.
        """
        if not self.placeholders:
            return f"{self.text.rstrip()}\n\n# Input\n{_appended(fields)}"
        by_name = {folded(name): value for name, value in fields.items()}

        def value_of(name: str) -> str:
            try:
                return by_name[folded(name)]
            except KeyError:
                raise InputError(
                    f"No column fills the placeholder {{{name}}}.",
                    f"The columns are {', '.join(fields)}.",
                    field="prompt",
                ) from None

        return fill_placeholders(self.text, value_of)


def parse_prompt(text: str) -> Prompt:
    """Split a prompt at its Markdown headings and find the section to edit.

    The section headed *Task* or *Instructions* is edited when there is one, else the whole prompt.

    Raises:
        InputError: empty, or longer than ``MAX_CHARS``.
    """
    if not text.strip():
        raise InputError("The prompt is empty.", "Give the text that shall be improved.", field="prompt")
    if len(text) > MAX_CHARS:
        raise InputError(
            f"The prompt has {len(text):,} characters; up to {MAX_CHARS:,} are accepted.",
            "Leave out reference material that the model does not need for the task.",
            field="prompt",
        )
    sections = _split(text)
    editable = next(
        (index for index, section in enumerate(sections) if _EDITABLE.match(_title(section))), None
    )
    return Prompt(sections=sections, editable=editable)


def _split(text: str) -> tuple[Section, ...]:
    headings = list(_HEADING.finditer(text))
    sections = []
    if not headings or headings[0].start() > 0:
        sections.append(Section("", text[: headings[0].start()] if headings else text))
    for index, match in enumerate(headings):
        end = headings[index + 1].start() if index + 1 < len(headings) else len(text)
        sections.append(Section(match[0], text[match.end() : end]))
    return tuple(sections)


def _title(section: Section) -> str:
    match = _HEADING.match(section.heading)
    return match[1] if match else ""


def _reframed(old: str, new_text: str) -> str:
    """Put ``new_text`` between the blank lines that surrounded the old text."""
    lead = old[: len(old) - len(old.lstrip())]
    tail = old[len(old.rstrip()) :]
    return f"{lead}{new_text.strip()}{tail}"


def _appended(fields: Mapping[str, str]) -> str:
    if len(fields) == 1:
        return next(iter(fields.values()))
    return "\n".join(f"{name}: {value}" for name, value in fields.items())
