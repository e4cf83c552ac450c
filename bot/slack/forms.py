"""The form of a new optimisation: its blocks, and what a filled-in form means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.background.request import OptimizeRequest
from bot.config import MEGABYTE
from bot.slack.blocks import Block, context, form, section
from bot.slack.escaping import Markup, markup
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
    is_ticked,
    select,
    shown_name,
    text_area,
    text_line,
    text_of,
    trouble_with,
)
from bot.slack.form_inputs import field as input_field
from bot.slack.messages.lessons import LESSONS, Offer, lessons_choice
from optimizer.config import PRESETS

CALLBACK = "optimize.form"
PROMPT, PROMPT_FILE, EXAMPLES, PASTED = "prompt", "prompt_file", "examples", "pasted"
METRIC, PRESET, TARGET, GOAL = "metric", "preset", "target", "goal"
MAX_EXAMPLE_FILES = 5
PROMPT_ENDINGS = ("txt", "md", "prompt", "json", "yaml", "yml")
EXAMPLE_ENDINGS = ("csv", "tsv", "json", "jsonl", "ndjson", "txt", "xlsx")

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
class FormFacts:
    """What the form tells about this installation. ``efforts`` are words about each preset."""

    models: str
    endpoint: str
    simulated: bool
    max_file_bytes: int
    efforts: Mapping[str, str] = field(default_factory=dict)
    data_folder: str = ""
    """Address of a folder whose files may be named instead of uploaded; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Prefill:
    """What is filled in when the form opens: what was ``given`` before, and a ``warning`` on top.

    ``lessons`` is what the run could start from.
    """

    given: OptimizeRequest = field(default_factory=OptimizeRequest)
    warning: Markup | None = None
    lessons: Offer | None = None


def optimize_form(where: FormContext, facts: FormFacts, prefill: Prefill | None = None) -> Block:
    """Build the modal."""
    filled = prefill or Prefill()
    given = filled.given
    blocks: list[Block] = []
    if filled.warning is not None:
        blocks.append(section(filled.warning))
    blocks += [section(note) for note in notes_on(given)]
    if not where.channel:
        blocks.append(channel_choice())
    evolves = where.algorithm == "evolve"
    blocks += [
        *_material_fields(given, facts, evolves=evolves),
        *_wish_fields(given, facts),
        *(lessons_choice(filled.lessons, ticked=given.learn) if filled.lessons else ()),
        audience(),
        context(endpoint_line(facts)),
    ]
    return form(CALLBACK, where.pack(), "Evolve a prompt" if evolves else "Improve a prompt", "Start", blocks)


def _material_fields(given: OptimizeRequest, facts: FormFacts, *, evolves: bool) -> list[Block]:
    """The prompt, and the examples that it is judged on."""
    short = given.prompt_text if len(given.prompt_text) <= MAX_TEXT else ""
    return [
        input_field(PROMPT, "Prompt", text_area("Classify the ticket … {text}", short), _PROMPT_HINT),
        input_field(PROMPT_FILE, "… or the prompt as a file", file_field(PROMPT_ENDINGS, 1)),
        input_field(
            EXAMPLES,
            "Examples of its inputs" if evolves else "Examples with the right answers",
            file_field(EXAMPLE_ENDINGS, MAX_EXAMPLE_FILES),
            f"CSV, TSV, JSON, JSONL or XLSX with at least 20 rows, {facts.max_file_bytes // MEGABYTE} MB a file. "
            "The first line of a CSV names the columns.",
        ),
        input_field(
            PASTED,
            "… or paste a few rows",
            text_area("text,label\nWhere is my parcel?,shipping", given.pasted),
        ),
    ]


def _wish_fields(given: OptimizeRequest, facts: FormFacts) -> list[Block]:
    """How much is tried, and what is good."""
    return [
        input_field(
            PRESET,
            "Effort",
            select([(name, _effort(name, facts)) for name in OFFERED_PRESETS], given.preset),
            optional=False,
        ),
        input_field(METRIC, "What counts as right", select(METRICS, given.metric), optional=False),
        input_field(
            TARGET,
            "Column with the right answer",
            text_line(150, initial=given.target),
            "Leave empty and I guess it; what I guessed is shown.",
        ),
        input_field(GOAL, "Goal in plain words", text_line(500, initial=given.goal)),
    ]


_PROMPT_HINT = (
    "Mark where the example goes with {column}; without a mark it is added at the end. "
    f"Longer than {MAX_TEXT:,} characters? Attach it as a file below."
)


def notes_on(given: OptimizeRequest) -> list[Markup]:
    """Say what was given already but cannot stand in a field: a long prompt, files, wishes."""
    notes = []
    if len(given.prompt_text) > MAX_TEXT:
        size = f"{len(given.prompt_text):,}"
        notes.append(
            markup(
                "✓ Your prompt of {size} characters is kept as it is; leave the field empty to use it.",
                size=size,
            )
        )
    if given.prompt_file is not None:
        notes.append(
            markup("✓ *{name}* is the prompt, unless you give another.", name=shown_name(given.prompt_file))
        )
    if given.example_files:
        names = ", ".join(shown_name(ref) for ref in given.example_files)
        notes.append(markup("✓ Examples from *{names}*, unless you attach others.", names=names))
    notes += [markup("✓ The first round looks at: “{wish}”", wish=wish.text[:300]) for wish in given.wishes]
    return notes


def _effort(name: str, facts: FormFacts) -> str:
    words = facts.efforts.get(name) or f"{PRESETS[name].rounds} rounds"
    return f"{name.capitalize()}: {words}"


def endpoint_line(facts: FormFacts) -> Markup:
    """Say what will be sent where."""
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
    values: Values, max_file_bytes: int, given: OptimizeRequest | None = None
) -> Submission | dict[str, str]:
    """Return the request, or an error per field. ``given`` fills what the form leaves empty."""
    before = given or OptimizeRequest()
    errors: dict[str, str] = {}
    request = _with_examples(_with_prompt(before, values, errors), values, errors)
    for block, refs, endings in (
        (PROMPT_FILE, (request.prompt_file,) if request.prompt_file else (), PROMPT_ENDINGS),
        (EXAMPLES, request.example_files, EXAMPLE_ENDINGS),
    ):
        trouble = trouble_with(refs, endings, max_file_bytes)
        if trouble:
            errors.setdefault(block, trouble)
    preset, metric = choice_of(values, PRESET, "quick"), choice_of(values, METRIC, "auto")
    if preset not in PRESETS:
        errors[PRESET] = "Choose one of the list."
    if metric not in dict(METRICS):
        errors[METRIC] = "Choose one of the list."
    if errors:
        return errors
    request = replace(
        request,
        metric=metric,
        preset=preset,
        target=text_of(values, TARGET).strip(),
        goal=text_of(values, GOAL).strip(),
        learn=is_ticked(values, LESSONS),
    )
    return Submission(request, only_me=choice_of(values, AUDIENCE, CHANNEL) == ONLY_ME)


def _with_prompt(before: OptimizeRequest, values: Values, errors: dict[str, str]) -> OptimizeRequest:
    text, files = text_of(values, PROMPT), files_of(values, PROMPT_FILE)
    if text.strip() and files:
        errors[PROMPT_FILE] = "There is a prompt in the field above too. Keep one of the two."
    if text.strip() or files:
        return replace(before, prompt_text="" if files else text, prompt_file=files[0] if files else None)
    kept = before.prompt_text if len(before.prompt_text) > MAX_TEXT else ""
    if not kept and before.prompt_file is None:
        errors[PROMPT] = "Write the prompt here, or attach it as a file below."
    return replace(before, prompt_text=kept)  # a short one stood in the field and was taken out


def _with_examples(before: OptimizeRequest, values: Values, errors: dict[str, str]) -> OptimizeRequest:
    files, pasted = files_of(values, EXAMPLES), text_of(values, PASTED)
    pasted = pasted if pasted.strip() else ""
    kept = files if files or pasted else before.example_files
    if not kept and not pasted:
        errors[EXAMPLES] = "Attach at least one file with examples, or paste rows below."
    elif len(kept) > MAX_EXAMPLE_FILES:
        errors[EXAMPLES] = f"These are {len(kept)} files; attach {MAX_EXAMPLE_FILES} at most."
    return replace(before, example_files=kept, pasted=pasted)
