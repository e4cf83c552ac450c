"""A prompt: one or more messages in sections of which some may be edited, placeholders, demonstrations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.errors import InputError
from optimizer.examples.roles import folded
from optimizer.model.protocol import Message
from optimizer.prompts.demonstrations import Demonstration, find_block, write_block
from optimizer.prompts.placeholders import fill_placeholders, find_placeholders, first_placeholder
from optimizer.prompts.sections import Section, choose_editable, part_spans, split_sections, without_marks

MAX_CHARS = 50_000
"""Longest first prompt that is accepted, in characters."""

_LAST_HEADING = re.compile(r"^#{1,6}[ \t]+[^\n]*\n\s*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Sections in order; ``editable`` is the index of the one that edits may change, None for all.

    ``text`` is what a person stores: a prompt survives the way in and out unchanged. ``messages``
    is what a model reads: marker lines (``---system---``, ``---user---``) have become messages, the
    marks ``(protected)`` are gone. Demonstrations stand in one block whose place follows from the rest.
    """

    sections: tuple[Section, ...]
    editable: int | None
    demonstrations: tuple[Demonstration, ...] = ()

    @property
    def text(self) -> str:
        """The whole prompt, placeholders unfilled."""
        return "".join(text for text, _ in self._pieces())

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names of the placeholders in the whole prompt; braces inside demonstrations are none."""
        return find_placeholders(self.base)

    @property
    def editable_text(self) -> str:
        """What an editor is shown and may rewrite, without surrounding blank lines."""
        if self.editable is None:
            return self.base.strip()
        return self.sections[self.editable].body.strip()

    @property
    def templates(self) -> tuple[Message, ...]:
        """The messages with placeholders unfilled, as a model reads them otherwise."""
        return self._filled(lambda text: text, lambda text: text)

    def with_edit(self, new_text: str) -> Prompt:
        """Return the prompt with its editable part replaced; everything else stays to the letter."""
        if self.editable is None:
            return replace(self, sections=(Section("", reframed(self.base, new_text)),))
        old = self.sections[self.editable]
        edited = replace(old, body=reframed(old.body, new_text))
        sections = (*self.sections[: self.editable], edited, *self.sections[self.editable + 1 :])
        return replace(self, sections=sections)

    def messages(self, fields: Mapping[str, str]) -> tuple[Message, ...]:
        """Fill in one example. Without any placeholder the input follows in a section of its own.

        Raises:
            InputError: a placeholder has no field.
        """
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

        filled = self._filled(lambda text: fill_placeholders(text, value_of), lambda text: text)
        if self.placeholders:
            return filled
        *others, last = filled
        if last.role != "user":
            return (*filled, Message("user", f"# Input\n{_appended(fields)}"))
        return (*others, Message("user", f"{last.content.rstrip()}\n\n# Input\n{_appended(fields)}"))

    def render(self, fields: Mapping[str, str]) -> str:
        """Fill in one example and return all messages as one text; see ``messages``."""
        return "\n\n".join(message.content for message in self.messages(fields))

    def map_text(self, template: Callable[[str], str], verbatim: Callable[[str], str]) -> tuple[Message, ...]:
        """Return the messages with ``template`` applied to text that may hold placeholders.

        ``verbatim`` is applied to demonstrations, in which braces mean nothing: exporters escape both.
        """
        return self._filled(template, verbatim)

    @property
    def base(self) -> str:
        """The prompt without its demonstrations."""
        return "".join(section.text for section in self.sections)

    def _pieces(self) -> list[tuple[str, bool]]:
        """Return the text in pieces with whether each may hold placeholders."""
        base = self.base
        if not self.demonstrations:
            return [(base, True)]
        at, leads = _place(base)
        block = write_block(self.demonstrations)
        return [(base[:at], True), (f"{block}\n\n" if leads else f"\n\n{block}", False), (base[at:], True)]

    def _filled(self, template: Callable[[str], str], verbatim: Callable[[str], str]) -> tuple[Message, ...]:
        pieces = self._pieces()
        whole = "".join(text for text, _ in pieces)
        spans = part_spans(whole)
        messages = []
        for role, start, stop in spans:
            content, position = "", 0
            for text, fillable in pieces:
                cut = text[max(0, start - position) : max(0, stop - position)]
                content += template(without_marks(cut)) if fillable else verbatim(cut)
                position += len(text)
            messages.append(Message(role, content.strip("\n") if start or stop < len(whole) else content))
        if all(message.role != "user" for message in messages) and self.placeholders:
            messages[-1] = replace(messages[-1], role="user")
        return tuple(messages)


def parse_prompt(text: str) -> Prompt:
    """Split a prompt into messages and sections and find what may be edited.

    Lines ``---system---``, ``---user---`` and ``---assistant---`` begin a message; text before the
    first of them is the system message; without any, the prompt is one user message. A heading that
    ends in ``(protected)`` keeps its section out of every edit. See ``choose_editable``.

    Raises:
        InputError: empty, longer than ``MAX_CHARS``, or protected as a whole.
    """
    if not text.strip():
        raise InputError("The prompt is empty.", "Give the text that shall be improved.", field="prompt")
    if len(text) > MAX_CHARS:
        raise InputError(
            f"The prompt has {len(text):,} characters; up to {MAX_CHARS:,} are accepted.",
            "Leave out reference material that the model does not need for the task.",
            field="prompt",
        )
    if not part_spans(text):
        raise InputError(
            "The prompt has marker lines and nothing else.", "Give each message its text.", field="prompt"
        )
    found = find_block(text)
    if found is not None:
        (start, end), demonstrations = found
        for base in (
            text[:start] + text[end:].removeprefix("\n\n"),
            text[:start].removesuffix("\n\n") + text[end:],
        ):
            if base.strip():
                prompt = replace(_plain(base), demonstrations=demonstrations)
                if prompt.text == text:
                    return prompt
    return _plain(text)


def _plain(text: str) -> Prompt:
    sections, editable = choose_editable(split_sections(text))
    return Prompt(sections=sections, editable=editable)


def _place(base: str) -> tuple[int, bool]:
    """Return where the demonstrations go in ``base``, and whether they lead a paragraph or follow one.

    After the system message when a user message follows; else before the paragraph of the first
    placeholder (and its heading); else at the end.
    """
    spans = part_spans(base)
    for (role, start, stop), _ in pairwise(spans):
        if role == "system":
            return start + len(base[start:stop].rstrip()), False
    if not spans:
        return len(base.rstrip()), False
    start, stop = spans[-1][1:]
    hole = first_placeholder(base[start:stop])
    if hole is None:
        return start + len(base[start:stop].rstrip()), False
    lead = len(base[start:stop]) - len(base[start:stop].lstrip())
    at = max(
        base.rfind("\n\n", start, start + hole) + 2 if "\n\n" in base[start : start + hole] else 0,
        start + lead,
    )
    heading = _LAST_HEADING.search(base, start, at)
    return (heading.start() if heading else at), True


def reframed(old: str, new_text: str) -> str:
    """Return ``new_text`` between the blank lines that surround the old text."""
    lead = old[: len(old) - len(old.lstrip())]
    tail = old[len(old.rstrip()) :]
    return f"{lead}{new_text.strip()}{tail}"


def _appended(fields: Mapping[str, str]) -> str:
    if len(fields) == 1:
        return next(iter(fields.values()))
    return "\n".join(f"{name}: {value}" for name, value in fields.items())
