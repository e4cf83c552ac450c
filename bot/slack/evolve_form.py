"""The form of a new evolution of instruction data: its blocks, and what a filled-in form means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from bot.background.evolve_request import EFFORTS, EvolveRequest
from bot.background.request import FileRef
from bot.config import MEGABYTE
from bot.slack.blocks import Block, button, context, form, section
from bot.slack.escaping import Markup
from bot.slack.form_inputs import (
    AUDIENCE,
    CHANNEL,
    MAX_TEXT,
    ONLY_ME,
    FormContext,
    Values,
    audience,
    channel_choice,
    choice_of,
    file_field,
    files_of,
    select,
    text_area,
    text_line,
    text_of,
    trouble_with,
)
from bot.slack.form_inputs import field as input_field
from bot.slack.forms import FormFacts, endpoint_line
from optimizer.instructions.open import BadRows

CALLBACK = "evolve.form"
ONE_PROMPT = "evolve.one_prompt"
"""Action of the button that turns the form into that of a single prompt."""
DATA, NAMED, PASTED, METHOD, METHOD_FILE = "data", "named", "pasted", "method", "method_file"
EFFORT, ANSWERS, COLUMN, GOAL, CRITERIA = "effort", "answers", "column", "goal", "criteria"
BAD_ROWS = "bad_rows"
DATA_ENDINGS = ("jsonl", "json", "ndjson", "csv", "tsv", "parquet")
METHOD_ENDINGS = ("txt", "md", "prompt")
PASTED_NAME = "pasted rows"
_LONGEST_NAME = 150
_PLAIN_NAME = re.compile(r"(?!\.)[^\\/:*?\[\]\x00-\x1f]{1,150}")
_EFFORT_WORDS = {
    "none": "None: apply the first method as it is",
}
_BAD_ROWS: tuple[tuple[BadRows, str], ...] = (
    ("skip", "Keep them in their place, as they are"),
    ("refuse", "Refuse the file and name them"),
)
_ANSWERS = (
    ("no", "No: evolve the instructions only"),
    ("yes", "Yes: answer every evolved instruction"),
)


@dataclass(frozen=True, slots=True)
class EvolveForm:
    """What is filled in when the form opens: what was ``given`` before, all but the data."""

    pasted: str = ""
    given: EvolveRequest = field(default_factory=lambda: with_method(""))
    warning: Markup | None = None


def with_method(method: str) -> EvolveRequest:
    """What was given when there is a first method and nothing else."""
    return EvolveRequest(FileRef("", "", 0, ""), method_text=method)


def evolve_form(where: FormContext, facts: FormFacts, filled: EvolveForm | None = None) -> Block:
    """Build the modal."""
    given = filled or EvolveForm()
    blocks: list[Block] = [section(given.warning)] if given.warning is not None else []
    blocks.append(
        section(
            Markup("Evolve a set of instructions for fine-tuning. Is it one prompt that you want to evolve?"),
            button("One prompt instead", ONE_PROMPT, "open"),
        )
    )
    if not where.channel:
        blocks.append(channel_choice())
    blocks += [
        *_material_fields(given, facts),
        *_wish_fields(given.given),
        audience(),
        context(endpoint_line(facts)),
    ]
    return form(CALLBACK, where.pack(), "Evolve instructions", "Start", blocks)


def _material_fields(given: EvolveForm, facts: FormFacts) -> list[Block]:
    """What is evolved, and by which method at first."""
    return [
        input_field(
            DATA,
            "Instructions",
            file_field(DATA_ENDINGS, 1),
            "JSONL, JSON, CSV or Parquet in the Alpaca, ShareGPT or OpenAI chat shape, or a table with an "
            f"instruction column; {facts.max_file_bytes // MEGABYTE} MB at most.",
        ),
        *([_named_field(facts.data_folder)] if facts.data_folder else []),
        input_field(
            PASTED,
            "… or paste some, one per line",
            text_area("Write a reply to an angry customer.\nExplain compound interest.", given.pasted),
        ),
        input_field(
            METHOD,
            "First evolving method",
            text_area(
                "Step 1. List ways to make the instruction harder …", given.given.method_text[:MAX_TEXT]
            ),
            "Leave empty to begin with ours: list ways, plan, rewrite, review.",
        ),
        input_field(METHOD_FILE, "… or the method as a file", file_field(METHOD_ENDINGS, 1)),
    ]


def _wish_fields(before: EvolveRequest) -> list[Block]:
    """How it is evolved, and what is good."""
    return [
        input_field(EFFORT, "Search for a better method", select(_efforts(), before.effort), optional=False),
        input_field(ANSWERS, "Answers", select(_ANSWERS, "yes" if before.answers else "no"), optional=False),
        input_field(
            COLUMN,
            "Column with the instruction",
            text_line(150, initial=before.field),
            "Leave empty and I guess it; what I guessed is shown.",
        ),
        input_field(BAD_ROWS, "Rows that cannot be used", select(_BAD_ROWS, before.bad_rows), optional=False),
        input_field(GOAL, "Goal in plain words", text_line(500, initial=before.goal)),
        input_field(
            CRITERIA,
            "What makes a good evolution",
            text_line(500, initial=before.criteria),
            "In plain words, for a model that judges each one. Leave empty to judge by rules alone.",
        ),
    ]


def _named_field(folder: str) -> Block:
    return input_field(
        NAMED,
        "… or the name of a large file",
        text_line(_LONGEST_NAME),
        f"A file in {folder}; the evolved rows are written below it.",
    )


def _efforts() -> list[tuple[str, str]]:
    return [
        (
            name,
            _EFFORT_WORDS.get(name)
            or f"{name.capitalize()}: {config.steps} steps of {config.candidates} methods",
        )
        for name, config in EFFORTS.items()
    ]


@dataclass(frozen=True, slots=True)
class EvolveSubmission:
    """A form that can be taken. ``files`` are contents that need not be fetched, by slot."""

    request: EvolveRequest
    only_me: bool
    files: dict[str, bytes] = field(default_factory=dict)


def read_evolve_form(
    values: Values, max_file_bytes: int, data_folder: str = ""
) -> EvolveSubmission | dict[str, str]:
    """Return the request, or an error per field. ``data_folder`` has what may be given by its name alone."""
    data, pasted = files_of(values, DATA), text_of(values, PASTED)
    named = text_of(values, NAMED).strip()
    method, method_files = text_of(values, METHOD).strip(), files_of(values, METHOD_FILE)
    errors: dict[str, str] = {}
    given = [block for block, what in ((DATA, data), (NAMED, named), (PASTED, pasted.strip())) if what]
    if len(given) > 1:
        errors[given[-1]] = "There is a file above too. Keep one of the two."
    elif not given:
        errors[DATA] = "Attach a file with instructions, or paste some below."
    if named and not (data_folder and _is_plain(named)):
        errors[NAMED] = f"Give the name of a file in that folder, ending in .{', .'.join(DATA_ENDINGS)}."
    if method and method_files:
        errors[METHOD_FILE] = "There is a method in the field above too. Keep one of the two."
    for block, refs, endings in ((DATA, data, DATA_ENDINGS), (METHOD_FILE, method_files, METHOD_ENDINGS)):
        trouble = trouble_with(refs, endings, max_file_bytes)
        if trouble:
            errors.setdefault(block, trouble)
    effort, answers = choice_of(values, EFFORT, "quick"), choice_of(values, ANSWERS, "no")
    bad_rows = next(
        (name for name, _ in _BAD_ROWS if name == choice_of(values, BAD_ROWS, _BAD_ROWS[0][0])), None
    )
    if bad_rows is None:
        errors[BAD_ROWS] = "Choose one of the list."
    if effort not in EFFORTS:
        errors[EFFORT] = "Choose one of the list."
    if errors or bad_rows is None:
        return errors
    rows = pasted_rows(pasted)
    named_file = FileRef("", named or PASTED_NAME, len(rows), "")
    request = EvolveRequest(
        data_file=data[0] if data else named_file,
        method_text="" if method_files else method,
        method_file=method_files[0] if method_files else None,
        effort=effort,
        answers=answers == "yes",
        field="" if rows else text_of(values, COLUMN).strip(),
        goal=text_of(values, GOAL).strip(),
        criteria=text_of(values, CRITERIA).strip(),
        bad_rows=bad_rows,
        data_folder=data_folder if named else "",
    )
    only_me = choice_of(values, AUDIENCE, CHANNEL) == ONLY_ME
    return EvolveSubmission(request, only_me, {"data": rows} if rows else {})


def _is_plain(name: str) -> bool:
    """Tell whether a name is that of a data file in a folder, and no way out of it."""
    ending = name.rpartition(".")[2].lower()
    return _PLAIN_NAME.fullmatch(name) is not None and ending in DATA_ENDINGS


def pasted_rows(text: str) -> bytes:
    """Return instructions that were pasted one per line as JSONL; blank lines do not count."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join(json.dumps({"instruction": line}) + "\n" for line in lines).encode()
