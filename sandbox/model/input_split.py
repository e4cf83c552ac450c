"""Finding the input inside a task prompt: what stands before it, the input itself, what stands after it."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAMES = (
    "input|text|ticket|message|statement|comment|review|email|mail|request|question|sentence|passage|document|"
    "query|tweet|post|content|description|case|article|problem|paragraph|utterance|prompt|note|claim|title|body"
)
_ASKING_NAMES = (
    "label|labels|answer|team|category|class|output|prediction|response|result|verdict|sentiment|solution"
)
_HEADING = re.compile(
    rf"^#{{1,6}}[ \t]*(?:the )?(?:{_NAMES})s?[ \t]*:?[ \t]*#*$\n", re.MULTILINE | re.IGNORECASE
)
_ANY_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_TAG = re.compile(r"<([A-Za-z][\w-]{0,30})>(.*?)</\1>", re.DOTALL)
_GUIDANCE_TAGS = re.compile(
    r"^(labels?|instructions?|rules?|examples?|guid\w*|output\w*|format|task|context|think\w*)$", re.I
)
_FENCE = re.compile(r"(```|\"\"\"|''')[ \t]*\w*\n?(.+?)\n?\1", re.DOTALL)
_FIELD = re.compile(
    rf"^(?![-*•])(?:\*\*)?(?:the )?(?:[\w']+ ){{0,2}}(?:{_NAMES})(?: text| body)?(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
_ANY_FIELD = re.compile(r"^[A-Za-z][\w /()'-]{0,28}:(?=[ \t\n])")
_GUIDANCE_FIELD = re.compile(
    r"^(?:\w+ )?(labels?|class(?:es)?|categor(?:y|ies)|teams|options|task|rules?|guidelines?|instructions?|goal|format|"
    r"output|answers?|examples?|note|important|feature request|how to decide|hints?)\b[^:]*:",
    re.IGNORECASE,
)
_ASKING_LINE = re.compile(
    rf"\n[ \t]*(?:\*\*|#+ )?(?:(?:your|the|final|correct) )?(?:{_ASKING_NAMES})[ \t]*(?:\([^)\n]*\))?"
    r"(?:\*\*)?[ \t]*[:?]?(?:\*\*)?[ \t]*$",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(?:[-*•] |\W{0,2}(?:answer|respond|reply|return|output|classify|label|choose|pick|decide|write|give|use|"
    r"guidelines?|rules?|labels|categories|teams|how to decide|remember|important|only|do not|which|what|"
    r"is (?:it|this|the)|you are|your (?:task|job)|does|determine|think|now|select|"
    r"the (?:answer|label|team|category))\b)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{12,})[\"”]")
_INLINE = re.compile(r"(?<=[a-z)])[:?][ \t]+(?=\S)")


class Split(NamedTuple):
    """A prompt in three pieces; joined they give the prompt again."""

    before: str
    text: str
    after: str


def split_input(prompt: str) -> Split:
    """Find the input by the marks that prompts put around it; the last paragraph when there are none."""
    for find in (_by_heading, _by_tag, _by_fence, _by_field, _by_quotes):
        span = find(prompt)
        if span is not None and prompt[span[0] : span[1]].strip():
            return _cut(prompt, *span)
    return _cut(prompt, *_last_paragraph(prompt))


def _cut(prompt: str, start: int, end: int) -> Split:
    return Split(prompt[:start], prompt[start:end].strip(), prompt[end:])


def _by_heading(prompt: str) -> tuple[int, int] | None:
    found = list(_HEADING.finditer(prompt))
    if not found:
        return None
    last = found[-1]
    following = _ANY_HEADING.search(prompt, last.end())
    return last.end(), _without_asking_line(
        prompt, last.end(), following.start() if following else len(prompt)
    )


def _by_tag(prompt: str) -> tuple[int, int] | None:
    if "</" not in prompt:
        return None
    found = [match for match in _TAG.finditer(prompt) if not _GUIDANCE_TAGS.match(match[1])]
    return found[-1].span(2) if found else None


def _by_fence(prompt: str) -> tuple[int, int] | None:
    if "```" not in prompt and '"""' not in prompt and "'''" not in prompt:
        return None
    found = list(_FENCE.finditer(prompt))
    return found[-1].span(2) if found else None


def _by_field(prompt: str) -> tuple[int, int] | None:
    """The last line such as ``Ticket: …``, with neighbouring fields, up to the line that asks for the answer."""
    last = None
    for match in _FIELD.finditer(prompt):
        if not _GUIDANCE_FIELD.match(match[0]):
            last = match
    if last is None:
        return None
    start = last.end()
    top = prompt.rfind("\n\n", 0, last.start()) + 2 if "\n\n" in prompt[: last.start()] else 0
    first_line = last.start()
    while first_line > top:
        line_start = prompt.rfind("\n", top, first_line - 1) + 1 or top
        line = prompt[line_start:first_line]
        if not _ANY_FIELD.match(line) or _GUIDANCE_FIELD.match(line):
            break
        first_line = line_start
        known = _FIELD.match(line)
        start = line_start + (known.end() if known else 0)
    return start, _without_instructions(prompt, start, _without_asking_line(prompt, start, len(prompt)))


def _without_asking_line(prompt: str, start: int, end: int) -> int:
    body = prompt[start:end].rstrip()
    match = _ASKING_LINE.search(body)
    return start + match.start() if match else end


def _without_instructions(prompt: str, start: int, end: int) -> int:
    """Leave out paragraphs at the end that tell what to do, for inputs in the middle of a prompt."""
    while (gap := prompt.rfind("\n\n", start, end)) > start:
        paragraph = prompt[gap:end].strip()
        if paragraph and not _INSTRUCTION.match(paragraph) and not _ANY_HEADING.match(paragraph):
            break
        end = gap
    lines_end = end
    body = prompt[start:end].rstrip()
    if "\n" in body:
        line_start = prompt.rfind("\n", start, start + len(body))
        line = prompt[line_start + 1 : start + len(body)]
        if _INSTRUCTION.match(line) and re.search(
            r"\b(only|one of|label|either|one word|just)\b", line, re.IGNORECASE
        ):
            lines_end = line_start
    return lines_end


def _by_quotes(prompt: str) -> tuple[int, int] | None:
    found = [match for match in _QUOTED.finditer(prompt) if match[1].count(" ") >= 3]
    if not found:
        return None
    longest = max(found, key=lambda match: len(match[1]))
    return longest.span(1)


def _last_paragraph(prompt: str) -> tuple[int, int]:
    end = len(prompt.rstrip())
    end = _without_instructions(prompt, 0, _without_asking_line(prompt, 0, end))
    first_gap = prompt.find("\n\n", 0, end)
    start = prompt.rfind("\n\n", 0, end) + 2 if first_gap >= 0 else 0
    while start > first_gap + 2 and (previous := prompt.rfind("\n\n", 0, start - 2) + 2) > 1:
        paragraph = prompt[previous : start - 2]
        if _INSTRUCTION.match(paragraph) or paragraph.rstrip().endswith(":") or _ANY_HEADING.match(paragraph):
            break
        start = previous
    if start == 0:
        line = prompt.rfind("\n", 0, end) + 1
        inline = [match.end() for match in _INLINE.finditer(prompt, line, end)]
        start = inline[0] if inline else line
    return start, end
