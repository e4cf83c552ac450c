"""The form of a new optimisation: its blocks, and what a filled-in form means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.background.request import FileRef, OptimizeRequest
from bot.config import MEGABYTE
from bot.slack.blocks import Block, context, plain, section
from bot.slack.escaping import Markup, markup, one_line
from bot.slack.files import too_large
from optimizer.config import PRESETS

CALLBACK = "optimize.form"
PROMPT, PROMPT_FILE, EXAMPLES, PASTED = "prompt", "prompt_file", "examples", "pasted"
METRIC, PRESET, TARGET, GOAL, AUDIENCE = "metric", "preset", "target", "goal", "audience"
VALUE = "value"
"""The action id of every input; the block id tells them apart."""
MAX_TEXT = 3_000
MAX_EXAMPLE_FILES = 5
PROMPT_ENDINGS = ("txt", "md", "prompt", "json", "yaml", "yml")
EXAMPLE_ENDINGS = ("csv", "tsv", "json", "jsonl", "ndjson", "txt", "xlsx")
ONLY_ME, CHANNEL = "only_me", "channel"

METRICS = (
    ("auto", "Choose for me, from the answers"),
    ("label", "One of a few labels"),
    ("exact", "Exactly the expected text"),
    ("normalised", "The same text, ignoring case and spaces"),
    ("contains", "The answer contains the expected text"),
    ("macro-f1", "One of a few labels, rare ones count as much (macro-F1)"),
    ("multi-label", "Several labels at once"),
    ("numeric", "The same number"),
    ("json", "The same JSON fields"),
    ("judge", "A model judges: by the goal, or against the expected answer"),
    ("pairwise", "A model compares with the first prompt's answer"),
)
OFFERED_PRESETS = ("quick", "standard", "thorough")


@dataclass(frozen=True, slots=True)
class FormContext:
    """What travels with the form: where it was opened, and a long prompt kept aside under ``draft``."""

    team: str
    channel: str
    thread_ts: str = ""
    draft: str = ""

    def pack(self) -> str:
        """Pack into ``private_metadata``."""
        return json.dumps([self.team, self.channel, self.thread_ts, self.draft])

    @classmethod
    def unpack(cls, packed: str) -> FormContext:
        """Rebuild from ``private_metadata``."""
        team, channel, thread_ts, draft = json.loads(packed)
        return cls(team, channel, thread_ts, draft)


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form tells about this installation. ``presets`` is (name, words about effort)."""

    models: str
    endpoint: str
    simulated: bool
    max_file_bytes: int
    efforts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prefill:
    """What is filled in when the form opens. ``draft_note`` tells of a prompt too long for the field."""

    prompt: str = ""
    draft_note: str = ""
    warning: Markup | None = None


def optimize_form(where: FormContext, facts: FormFacts, prefill: Prefill | None = None) -> Block:
    """Build the modal."""
    given = prefill or Prefill()
    blocks: list[Block] = []
    if given.warning is not None:
        blocks.append(section(given.warning))
    if given.draft_note:
        blocks.append(section(markup("{note}", note=given.draft_note)))
    blocks += [
        _input(PROMPT, "Prompt", _text_area("Classify the ticket … {text}", given.prompt), _PROMPT_HINT),
        _input(PROMPT_FILE, "… or the prompt as a file", _files(PROMPT_ENDINGS, 1)),
        _input(
            EXAMPLES,
            "Examples with the right answers",
            _files(EXAMPLE_ENDINGS, MAX_EXAMPLE_FILES),
            f"CSV, TSV, JSON, JSONL or XLSX with at least 20 rows, {facts.max_file_bytes // MEGABYTE} MB a file. "
            "The first line of a CSV names the columns.",
        ),
        _input(PASTED, "… or paste a few rows", _text_area("text,label\nWhere is my parcel?,shipping")),
        _input(
            PRESET,
            "Effort",
            _select([(name, _effort(name, facts)) for name in OFFERED_PRESETS]),
            optional=False,
        ),
        _input(METRIC, "What counts as right", _select(METRICS), optional=False),
        _input(
            TARGET,
            "Column with the right answer",
            {"type": "plain_text_input", "action_id": VALUE, "max_length": 150},
            "Leave empty and I guess it; what I guessed is shown.",
        ),
        _input(
            GOAL, "Goal in plain words", {"type": "plain_text_input", "action_id": VALUE, "max_length": 500}
        ),
        _input(AUDIENCE, "Who can find the result", _audience(), optional=False),
        context(_endpoint_line(facts)),
    ]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": where.pack(),
        "title": plain("Improve a prompt", 24),
        "submit": plain("Start", 24),
        "close": plain("Cancel", 24),
        "blocks": blocks,
    }


_PROMPT_HINT = (
    "Mark where the example goes with {column}; without a mark it is added at the end. "
    f"Longer than {MAX_TEXT:,} characters? Attach it as a file below."
)


def _input(block_id: str, label: str, element: Block, hint: str = "", *, optional: bool = True) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 200),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 300)
    return block


def _text_area(placeholder: str, initial: str = "") -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": True,
        "max_length": MAX_TEXT,
        "placeholder": plain(placeholder, 150),
    }
    if initial:
        element["initial_value"] = initial.encode("utf-8", "replace").decode("utf-8")
    return element


def _files(endings: tuple[str, ...], most: int) -> Block:
    return {"type": "file_input", "action_id": VALUE, "filetypes": list(endings), "max_files": most}


def _select(choices: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Block:
    options = [{"text": plain(words, 75), "value": value} for value, words in choices]
    return {"type": "static_select", "action_id": VALUE, "options": options, "initial_option": options[0]}


def _audience() -> Block:
    options = [
        {"text": plain("Everyone who can see this channel", 75), "value": CHANNEL},
        {"text": plain("Only me (the thread itself stays in the channel)", 75), "value": ONLY_ME},
    ]
    return {"type": "radio_buttons", "action_id": VALUE, "options": options, "initial_option": options[0]}


def _effort(name: str, facts: FormFacts) -> str:
    words = facts.efforts.get(name) or f"{PRESETS[name].rounds} rounds"
    return f"{name.capitalize()}: {words}"


def _endpoint_line(facts: FormFacts) -> Markup:
    line = markup(
        "Prompt and examples are sent to *{models}* at {at}.", models=facts.models, at=facts.endpoint
    )
    if facts.simulated:
        return Markup(line.text + " It is a *simulated* model, for trying.")
    return line


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that can be taken."""

    request: OptimizeRequest
    only_me: bool


def read_form(
    values: Mapping[str, Mapping[str, Mapping[str, Any]]], max_file_bytes: int, draft: str = ""
) -> Submission | dict[str, str]:
    """Return the request, or an error per field. ``draft`` is a long prompt that was kept aside."""
    text = _text(values, PROMPT)
    prompt_files = _refs(values, PROMPT_FILE)
    examples = _refs(values, EXAMPLES)
    pasted = _text(values, PASTED)
    errors: dict[str, str] = {}
    if not text.strip() and draft and not prompt_files:
        text = draft
    if not text.strip() and not prompt_files:
        errors[PROMPT] = "Write the prompt here, or attach it as a file below."
    elif text.strip() and prompt_files:
        errors[PROMPT_FILE] = "There is a prompt in the field above too. Keep one of the two."
    if not examples and not pasted.strip():
        errors[EXAMPLES] = "Attach at least one file with examples, or paste rows below."
    elif len(examples) > MAX_EXAMPLE_FILES:
        errors[EXAMPLES] = f"These are {len(examples)} files; attach {MAX_EXAMPLE_FILES} at most."
    _check(errors, PROMPT_FILE, prompt_files, PROMPT_ENDINGS, max_file_bytes)
    _check(errors, EXAMPLES, examples, EXAMPLE_ENDINGS, max_file_bytes)
    preset, metric = _choice(values, PRESET, "quick"), _choice(values, METRIC, "auto")
    if preset not in PRESETS:
        errors[PRESET] = "Choose one of the list."
    if metric not in dict(METRICS):
        errors[METRIC] = "Choose one of the list."
    if errors:
        return errors
    request = OptimizeRequest(
        prompt_text="" if prompt_files else text,
        prompt_file=prompt_files[0] if prompt_files else None,
        example_files=examples,
        pasted=pasted if pasted.strip() else "",
        metric=metric,
        preset=preset,
        target=_text(values, TARGET).strip(),
        goal=_text(values, GOAL).strip(),
    )
    return Submission(request, only_me=_choice(values, AUDIENCE, CHANNEL) == ONLY_ME)


def _check(
    errors: dict[str, str], block: str, refs: tuple[FileRef, ...], endings: tuple[str, ...], max_bytes: int
) -> None:
    for ref in refs:
        name = one_line(ref.name, 80)
        if not ref.name.lower().endswith(tuple("." + ending for ending in endings)):
            errors.setdefault(
                block, f"{name}: I read {', '.join(endings)} files here. Convert it and attach it again."
            )
        elif ref.size > max_bytes:
            errors.setdefault(block, str(too_large(name, max_bytes, ref.size)))
        elif ref.size == 0:
            errors.setdefault(block, f"{name} is empty. Attach a file with content.")


def _text(values: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str) -> str:
    return str(values.get(block, {}).get(VALUE, {}).get("value") or "")


def _choice(values: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str, default: str) -> str:
    chosen = values.get(block, {}).get(VALUE, {}).get("selected_option") or {}
    return str(chosen.get("value") or default)


def _refs(values: Mapping[str, Mapping[str, Mapping[str, Any]]], block: str) -> tuple[FileRef, ...]:
    files = values.get(block, {}).get(VALUE, {}).get("files") or []
    return tuple(
        FileRef(
            id=str(file.get("id", "")),
            name=str(file.get("name") or file.get("title") or "file"),
            size=int(file.get("size") or 0) if "size" in file else -1,
            url=str(file.get("url_private") or ""),
        )
        for file in files
    )
