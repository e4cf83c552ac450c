"""What a message gives for an optimisation: which words or file are the prompt, which files the examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.background.request import FileRef, OptimizeRequest
from bot.slack.form_inputs import has_ending, shown_name
from bot.slack.forms import EXAMPLE_ENDINGS, MAX_EXAMPLE_FILES, PROMPT_ENDINGS
from bot.slack.incoming.said import Said

DATA_ENDINGS = ("csv", "tsv", "jsonl", "ndjson", "xlsx")
"""Files that are examples for sure; ``txt``, ``json`` and the rest may be a prompt as well."""
_ABOUT_THE_PROMPT = ("as the prompt.", "as one prompt.", "not the words of your message.")
_PROMPT_STAYS = "There was a prompt already, and I kept that one; “Change…” takes another."
_EXAMPLES_STAY = "There were examples already, and I kept those; “Change…” takes others."
_VERB = re.compile(r"(optimi[sz]e|improve)\b[:,]?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pieces:
    """``request`` holds what is there; ``doubts`` are reasons to ask before anything is started."""

    request: OptimizeRequest
    doubts: tuple[str, ...] = ()

    @property
    def has_prompt(self) -> bool:
        """Whether there is a prompt."""
        return bool(self.request.prompt_text.strip()) or self.request.prompt_file is not None

    @property
    def has_examples(self) -> bool:
        """Whether there are examples."""
        return bool(self.request.example_files) or bool(self.request.pasted)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.has_prompt and self.has_examples

    @property
    def clear(self) -> bool:
        """Whether it can be started without a question."""
        return self.complete and not self.doubts

    def to_dict(self) -> dict[str, Any]:
        """Turn them into plain JSON values: those of the request, and the doubts."""
        return {**self.request.to_dict(), "doubts": list(self.doubts)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Pieces:
        """Rebuild them from ``to_dict``'s form; a request alone has no doubts.

        Raises:
            InputError: a needed field is missing.
        """
        return cls(OptimizeRequest.from_dict(data), tuple(map(str, data.get("doubts") or ())))


def asks_to_optimise(text: str) -> bool:
    """Whether a message begins with the word for it."""
    return _VERB.match(text.lstrip()) is not None


def pieces_of(said: Said) -> Pieces:
    """Sort out a message: a code block is the prompt, else the words after the verb, else a text file."""
    asked = said.addressed and asks_to_optimise(said.text)
    words = _VERB.sub("", said.text.lstrip(), count=1) if asked else said.text
    doubts: list[str] = []
    text = words
    if said.fenced:
        text = "\n\n".join(said.fenced)
        if len(said.fenced) > 1:
            doubts.append("There are several code blocks; I took all of them as one prompt.")
    elif words.strip() and not asked:
        doubts.append("I took your message as the prompt.")
    prompt_file, examples = _sort_files(said.files, has_text=bool(text.strip()), doubts=doubts)
    if prompt_file is not None and text.strip() and not said.fenced:
        doubts.append(f"I took {shown_name(prompt_file)} as the prompt, not the words of your message.")
    if prompt_file is not None:
        text = ""
    request = OptimizeRequest(prompt_text=text.strip("\n"), prompt_file=prompt_file, example_files=examples)
    return Pieces(request, tuple(doubts))


def joined(before: Pieces, said: Said) -> Pieces:
    """Complete an unfinished request by what another message brings; doubts about it stay."""
    found = pieces_of(said)
    request, got, doubts = before.request, found.request, list(found.doubts)
    if not before.has_prompt:
        request = replace(request, prompt_file=got.prompt_file, prompt_text=got.prompt_text)
    else:
        doubts = [doubt for doubt in doubts if not doubt.endswith(_ABOUT_THE_PROMPT)]
        if said.fenced:
            doubts.append(_PROMPT_STAYS)
    if not before.has_examples:
        loose = (got.prompt_file,) if before.has_prompt and got.prompt_file is not None else ()
        examples = got.example_files or tuple(ref for ref in loose if has_ending(ref, EXAMPLE_ENDINGS))
        request = replace(request, example_files=examples)
    elif got.example_files:
        doubts.append(_EXAMPLES_STAY)
    if before.has_prompt and got.prompt_file not in (None, *request.example_files):
        doubts.append(_PROMPT_STAYS)
    return Pieces(request, tuple(dict.fromkeys((*before.doubts, *doubts))))


def _sort_files(
    files: tuple[FileRef, ...], *, has_text: bool, doubts: list[str]
) -> tuple[FileRef | None, tuple[FileRef, ...]]:
    data = [ref for ref in files if has_ending(ref, DATA_ENDINGS)]
    either = [ref for ref in files if ref not in data and has_ending(ref, ("json",))]
    texts = [
        ref for ref in files if ref not in data and ref not in either and has_ending(ref, PROMPT_ENDINGS)
    ]
    strange = [ref for ref in files if ref not in (*data, *either, *texts)]
    prompt: FileRef | None = None
    if not data:
        data, either = either, []
    if texts and not (has_text and not data):
        prompt, *more = texts
        strange += more
    elif texts:
        data, more = [texts[0]], texts[1:]
        strange += more
        doubts.append(f"I took {shown_name(texts[0])} as the examples.")
    if prompt is None and either and not has_text:
        prompt, *either = either
        doubts.append(f"I took {shown_name(prompt)} as the prompt.")
    strange += either
    if strange:
        names = ", ".join(shown_name(ref) for ref in strange[:5])
        doubts.append(f"I do not know what to do with {names}.")
    if len(data) > MAX_EXAMPLE_FILES:
        doubts.append(f"These are {len(data)} files of examples; I took the first {MAX_EXAMPLE_FILES}.")
        data = data[:MAX_EXAMPLE_FILES]
    return prompt, tuple(data)
