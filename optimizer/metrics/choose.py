"""Choosing the metric: by its name and options, or by what the expected answers look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from optimizer.errors import InputError
from optimizer.metrics.contains import ContainsMatch
from optimizer.metrics.custom import load_metric
from optimizer.metrics.guess import guess_metric
from optimizer.metrics.json_fields import JsonFieldMatch
from optimizer.metrics.judge import AGREES, CriteriaJudge
from optimizer.metrics.judged import AnyMetric
from optimizer.metrics.label_sets import LabelSetMatch
from optimizer.metrics.labels import LabelAccuracy
from optimizer.metrics.macro_f1 import MacroF1
from optimizer.metrics.match import ExactMatch, NormalisedMatch
from optimizer.metrics.numeric import NumericMatch
from optimizer.metrics.options import MetricOptions
from optimizer.metrics.pairwise import PairwiseJudge
from optimizer.metrics.pattern import PatternMatch

JUDGES = ("judge", "pairwise")
"""Metrics that ask a model and can do without expected answers."""


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """What a person said about the metric: its name, criteria in plain words, and its options."""

    name: str = "auto"
    criteria: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChosenMetric:
    """The metric and, when it was guessed and is not plain label accuracy, a note that says why."""

    metric: AnyMetric
    notes: tuple[str, ...] = ()


Make = Callable[[Sequence[str], MetricOptions, str], AnyMetric]

_MAKERS: Mapping[str, Make] = {
    "label": lambda expected, options, criteria: LabelAccuracy(_labels(expected)),
    "macro-f1": lambda expected, options, criteria: MacroF1(_labels(expected)),
    "exact": lambda expected, options, criteria: ExactMatch(),
    "normalised": lambda expected, options, criteria: NormalisedMatch(),
    "contains": lambda expected, options, criteria: ContainsMatch(
        case_sensitive=options.flag("case_sensitive")
    ),
    "regex": lambda expected, options, criteria: PatternMatch(
        expected,
        pattern=options.text("pattern"),
        whole=options.flag("whole"),
        ignore_case=options.flag("ignore_case"),
    ),
    "numeric": lambda expected, options, criteria: NumericMatch(
        expected, tolerance=options.number("tolerance", 0), relative=options.number("relative", 0)
    ),
    "json": lambda expected, options, criteria: JsonFieldMatch(expected, fields=options.names("fields")),
    "multi-label": lambda expected, options, criteria: LabelSetMatch(
        expected, exact=options.choice("score", ("f1", "exact")) == "exact"
    ),
    "judge": lambda expected, options, criteria: CriteriaJudge(
        _criteria("judge", criteria, expected), judge_model=options.text("model")
    ),
    "pairwise": lambda expected, options, criteria: PairwiseJudge(
        _criteria("pairwise", criteria, expected),
        judge_model=options.text("model"),
        both_orders=options.choice("orders", ("both", "one")) == "both",
    ),
}

METRICS = ("auto", *_MAKERS)
"""Names that ``choose_metric`` knows, beside ``package.module:function``."""


def choose_metric(choice: MetricChoice, expected: Sequence[str]) -> ChosenMetric:
    """Return the metric for these expected answers; ``auto`` looks at them, or takes the criteria.

    Raises:
        InputError: an unknown name or option, or expected answers that the metric cannot use; ``field``
            is ``metric``, ``criteria`` or ``examples``.
    """
    name: str = choice.name
    notes: tuple[str, ...] = ()
    if name == "auto":
        name, notes = _guessed(choice, expected)
    if choice.criteria and name not in JUDGES:
        raise InputError(
            f"The metric {name!r} does not read criteria.",
            f"Choose {' or '.join(JUDGES)}, or leave the criteria out.",
            field="criteria",
        )
    options = MetricOptions(name, choice.options)
    if ":" in name:
        options.done()
        return ChosenMetric(load_metric(name))
    make = _MAKERS.get(name)
    if make is None:
        raise InputError(
            f"There is no metric {name!r}.",
            f"Choose one of {', '.join(METRICS)}, or your own as package.module:function.",
            field="metric",
        )
    metric = make(expected, options, choice.criteria.strip())
    options.done()
    return ChosenMetric(metric, notes)


def distinct_labels(expected: Sequence[str]) -> tuple[str, ...]:
    """Return the different expected answers, sorted."""
    return tuple(sorted({value.strip() for value in expected}))


def _guessed(choice: MetricChoice, expected: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if choice.criteria:
        return "judge", ("Answers are judged by a model, by the criteria or the goal given.",)
    guess = guess_metric(expected)
    if guess.metric == "label":
        return guess.metric, ()
    return guess.metric, (f"The metric {guess.metric!r} was chosen because {guess.because}.",)


def _labels(expected: Sequence[str]) -> tuple[str, ...]:
    labels = distinct_labels(expected)
    if len(labels) < 2:
        raise InputError(
            f"Every example has the same label {labels[0] if labels else ''!r}: nothing can be learned from it.",
            "Add examples with at least one other label.",
            field="examples",
        )
    return labels


def _criteria(name: str, criteria: str, expected: Sequence[str]) -> str:
    if criteria:
        return criteria
    if any(text.strip() for text in expected):
        return AGREES
    raise InputError(
        f"The metric {name!r} needs criteria, since there are no expected answers.",
        "Say in plain words what makes an answer good, for instance 'Polite, and no more than two sentences.'"
        " Or name the column that holds the expected answers.",
        field="criteria",
    )
