"""The rules that a proposed prompt must keep; a proposal that breaks one is rejected, never repaired."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from optimizer.prompts.demonstrations import find_block
from optimizer.prompts.prompt import Prompt
from optimizer.prompts.sections import split_sections

_META_TAGS = re.compile(
    r"^[ \t]*</?(prompt|wrong|right|labels|goal|reason|reasons|summary|failed|keep|feedback"
    r"|headings|analysis|worked)>[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


UNCHANGED = "The edit changed nothing."
PROPOSED_BEFORE = "The same prompt was proposed before."
NEARLY_KNOWN = "The edit is nearly the same as an earlier prompt."
NOTHING_NEW = frozenset({UNCHANGED, PROPOSED_BEFORE, NEARLY_KNOWN})
"""Why a proposal was rejected when the optimizer model only returned a prompt that was there already."""


def why_rejected(parent: Prompt, proposal: str, *, max_chars: int) -> str | None:
    """Return one plain sentence on what is wrong with the editable text ``proposal``, None if nothing is."""
    limit = max(max_chars, 4 * len(parent.editable_text))
    why = why_unfit(parent.editable_text, proposal, limit=limit)
    if why:
        return why
    edited = parent.with_edit(proposal)
    why = why_other_placeholders(parent.placeholders, edited.placeholders)
    if why:
        return why
    other = _repeated_heading(parent, proposal)
    if other:
        return f"The edit repeats the protected section {other!r}."
    if _adds_parts(proposal):
        return "The edit adds messages, demonstrations or marks of protection."
    return None


def why_unfit(old: str, proposal: str, *, limit: int) -> str | None:
    """Return what is wrong with ``proposal`` as a text in place of ``old``, whatever its structure."""
    if not proposal.strip():
        return "The edit is empty."
    if same_text(proposal, old):
        return UNCHANGED
    if len(proposal) > limit:
        return f"The edit has {len(proposal):,} characters; the cap is {limit:,}."
    if _meta_tags(proposal) - _meta_tags(old):
        return "The edit repeats parts of the editing instructions."
    return None


def why_other_placeholders(wanted: Sequence[str], present: Sequence[str]) -> str | None:
    """Return which placeholder was lost or came along, None when they are the same."""
    lost = _missing(wanted, present)
    if lost:
        return f"The edit lost the placeholder {{{lost[0]}}}."
    gained = _missing(present, wanted)
    if gained:
        return f"The edit added the unknown placeholder {{{gained[0]}}}."
    return None


def same_text(one: str, other: str) -> bool:
    """Tell whether two prompts differ only in case, white space or Unicode form."""
    return fingerprint(one) == fingerprint(other)


def fingerprint(text: str) -> str:
    """Return the text folded for duplicate detection."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _meta_tags(text: str) -> set[str]:
    return {match[1].casefold() for match in _META_TAGS.finditer(text)}


def _missing(wanted: Iterable[str], present: Iterable[str]) -> list[str]:
    have = set(present)
    return [name for name in wanted if name not in have]


def _repeated_heading(parent: Prompt, proposal: str) -> str | None:
    if parent.editable is None:
        return None
    lines = {line.strip() for line in proposal.splitlines()}
    for index, section in enumerate(parent.sections):
        if index != parent.editable and section.heading and section.heading.strip() in lines:
            return section.heading.strip()
    return None


def _adds_parts(proposal: str) -> bool:
    sections = split_sections(proposal)
    return find_block(proposal) is not None or any(section.role or section.protected for section in sections)
