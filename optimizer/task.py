"""A task: the prompt to improve, the examples to judge it by, and the metric that judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optimizer.counted import counted
from optimizer.earlier_tests import EarlierTest
from optimizer.errors import InputError
from optimizer.examples.data_checks import data_warnings
from optimizer.examples.roles import GENERIC_PLACEHOLDERS, ColumnRoles, folded, guess_roles
from optimizer.examples.soft_labels import harden
from optimizer.examples.table import ExampleTable
from optimizer.metrics.choose import JUDGES, ChosenMetric, MetricChoice, choose_metric
from optimizer.metrics.custom import own_metric
from optimizer.metrics.judged import AnyMetric, JudgedMetric
from optimizer.metrics.label_spelling import spelling_notes, usual_spellings
from optimizer.metrics.labels import LabelAccuracy
from optimizer.metrics.outcome import Metric
from optimizer.prompts.prompt import Prompt, parse_prompt

FEWEST_EXAMPLES = 20
"""Below this a paired test can show nothing, so that a run would only cost money."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row: what the model reads (column, value) and what is expected of it.

    ``row`` is the 1-based data row of the file it came from.
    """

    row: int
    inputs: tuple[tuple[str, str], ...]
    expected: str

    @property
    def fields(self) -> dict[str, str]:
        """Input values by column name."""
        return dict(self.inputs)

    @property
    def shown(self) -> str:
        """The input as one text, for people and for the critic."""
        if len(self.inputs) == 1:
            return self.inputs[0][1]
        return "\n".join(f"{name}: {value}" for name, value in self.inputs)


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that defines one optimisation, checked and ready. Build it with ``build_task``."""

    prompt: Prompt
    examples: tuple[Example, ...]
    metric: AnyMetric
    roles: ColumnRoles
    labels: tuple[str, ...]
    goal: str
    warnings: tuple[str, ...]
    starts: tuple[Prompt, ...] = ()
    """Further prompts to start from, beside ``prompt``: a warm start."""
    lessons: tuple[str, ...] = ()
    """What earlier runs on similar tasks learned; tried as reasons in the first round."""
    earlier_tests: tuple[EarlierTest, ...] = ()
    """Tests whose verdicts people have seen before this run; those on its held-out rows make its test stricter."""


def warm_started(task: Task, starts: Sequence[str] = (), lessons: Sequence[str] = ()) -> Task:
    """Return ``task`` with further prompts and lessons to start from.

    Raises:
        InputError: a start is empty, too long, or does not have the placeholders of the task's prompt.
    """
    wanted = set(task.prompt.placeholders)
    prompts = tuple(parse_prompt(text) for text in starts)
    for number, prompt in enumerate(prompts, start=1):
        if set(prompt.placeholders) != wanted:
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
            raise InputError(
                f"Start prompt {number} does not have the placeholders of the first prompt ({names}).",
                "Give it the same placeholders, or leave it out.",
                field="prompt",
            )
    said = tuple(lesson.strip() for lesson in lessons if lesson.strip())
    return replace(task, starts=prompts, lessons=said)


def build_task(
    prompt_text: str,
    table: ExampleTable,
    *,
    metric: str | AnyMetric | Callable[[str, str], Any] = "auto",
    criteria: str = "",
    metric_options: Mapping[str, str] | None = None,
    target: str | None = None,
    inputs: Sequence[str] = (),
    goal: str = "",
) -> Task:
    """Check prompt and examples against each other and return the task.

    ``metric`` is a name out of ``optimizer.metrics.choose.METRICS``, ``package.module:function``, a
    metric, or a function of expected and given answer. ``criteria`` are plain words for a judging model;
    for a judged task without expected answers the ``goal`` stands in for them, and a table of inputs
    alone with a goal is such a task.

    Raises:
        InputError: ``field`` is ``prompt``, ``examples``, ``metric`` or ``criteria``; the message names
            what is wrong and where, ``fix`` the way out. Nothing has been paid at this point.
    """
    prompt = parse_prompt(prompt_text)
    by_words = bool(criteria) or (bool(goal) and len(table.columns) == 1)
    judged = metric in JUDGES or isinstance(metric, JudgedMetric) or (metric == "auto" and by_words)
    roles = guess_roles(table, prompt.placeholders, target=target, inputs=inputs, target_needed=not judged)
    prompt_roles, renamed = _fill_generic(prompt, roles, table)
    soft: tuple[str, ...] = ()
    if metric in ("auto", "label", "macro-f1") and roles.target:
        table, soft = harden(table, roles.target)
    examples, empty = _examples(table, prompt_roles, renamed, needs_expected=not judged)
    if len(examples) < FEWEST_EXAMPLES:
        raise _too_few(table.name, len(examples))
    if judged and not any(example.expected for example in examples):
        criteria = criteria or goal
    chosen, examples = _choose(metric, MetricChoice("", criteria, metric_options or {}), examples)
    labels = chosen.metric.labels if isinstance(chosen.metric, LabelAccuracy) else ()
    found = data_warnings([(item.inputs, item.expected) for item in examples], labelled=bool(labels))
    warnings = (*table.notes, *soft, *chosen.notes, *empty, *_rename_notes(renamed), *found)
    return Task(prompt, examples, chosen.metric, roles, labels, goal.strip(), warnings)


def _choose(
    metric: str | AnyMetric | Callable[[str, str], Any], choice: MetricChoice, examples: tuple[Example, ...]
) -> tuple[ChosenMetric, tuple[Example, ...]]:
    """Return the metric, and the examples with their labels in one spelling where it reads labels."""
    if isinstance(metric, Metric | JudgedMetric):
        return ChosenMetric(metric), examples
    if not isinstance(metric, str):
        return ChosenMetric(own_metric(metric)), examples
    choice = replace(choice, name=metric)
    expected = [example.expected for example in examples]
    chosen = choose_metric(choice, expected)
    usual = usual_spellings(expected) if isinstance(chosen.metric, LabelAccuracy) else {}
    if not usual:
        return chosen, examples
    spelled = tuple(
        replace(example, expected=usual.get(example.expected, example.expected)) for example in examples
    )
    chosen = choose_metric(choice, [example.expected for example in spelled])
    return replace(chosen, notes=(*chosen.notes, *spelling_notes(expected, usual))), spelled


def _too_few(name: str, count: int) -> InputError:
    return InputError(
        f"{name} has {count} usable examples; at least {FEWEST_EXAMPLES} are needed.",
        "Add rows: half of them are kept for the final test, so 100 or more give a clear verdict.",
        field="examples",
        file=name,
    )


def _fill_generic(
    prompt: Prompt, roles: ColumnRoles, table: ExampleTable
) -> tuple[ColumnRoles, dict[str, str]]:
    """Match placeholders to columns; one generic ``{text}`` may be filled by the one input column."""
    by_fold = {folded(column): column for column in table.columns}
    if folded(roles.target) in {folded(name) for name in prompt.placeholders}:
        raise InputError(
            f"The prompt contains {{{roles.target}}}, the expected answer itself.",
            "Remove that placeholder, or name another column as the expected answer.",
            field="prompt",
        )
    unfilled = [name for name in prompt.placeholders if folded(name) not in by_fold]
    if not unfilled:
        return roles, {}
    if len(unfilled) == 1 and unfilled[0].casefold() in GENERIC_PLACEHOLDERS:
        filled = {folded(name) for name in prompt.placeholders}
        free = [column for column in roles.inputs if folded(column) not in filled]
        if len(free) == 1:
            return roles, {free[0]: unfilled[0]}
    columns = [column for column in table.columns if column != roles.target]
    raise InputError(
        f"No column fills the placeholder {{{unfilled[0]}}}.",
        f"Rename it to one of {', '.join('{' + column + '}' for column in columns)}, or add that column.",
        field="prompt",
    )


def _examples(
    table: ExampleTable, roles: ColumnRoles, renamed: dict[str, str], *, needs_expected: bool
) -> tuple[tuple[Example, ...], tuple[str, ...]]:
    examples = []
    skipped = []
    for number, row in enumerate(table.rows, start=1):
        expected = row[roles.target].strip() if roles.target else ""
        inputs = tuple((renamed.get(column, column), row[column]) for column in roles.inputs)
        if (needs_expected and not expected) or not any(value.strip() for _, value in inputs):
            skipped.append(number)
            continue
        examples.append(Example(row=number, inputs=inputs, expected=expected))
    if not skipped:
        return tuple(examples), ()
    shown = "row " + ", ".join(str(number) for number in skipped[:5]) + (" …" if len(skipped) > 5 else "")
    missing = f"input or {roles.target}" if needs_expected else "input"
    return tuple(examples), (f"Left out: {counted(len(skipped), 'row')} without {missing} ({shown}).",)


def _rename_notes(renamed: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"The placeholder {{{name}}} is filled from the column {column!r}."
        for column, name in renamed.items()
    )
