"""Summarise: several reasons merged into one paragraph, label by label."""

from __future__ import annotations

from collections import Counter

from sandbox.model.evolving.lapse_reasons import summarise_lapses
from sandbox.model.job_request import JobRequest
from sandbox.model.reason_reading import read_reason
from sandbox.model.words import joined


def write_summary(job: JobRequest) -> str:
    """Return one paragraph: the words named most often for each label, then what else was said."""
    labels = job.labels or _quoted_names(job.reasons)
    cues: dict[str, list[str]] = {}
    broad: dict[str, list[str]] = {}
    rest: list[str] = []
    form = False
    for reason in job.reasons:
        plan = read_reason(reason, labels)
        for label, words in plan.additions.items():
            cues.setdefault(label, []).extend(words)
        for label, words in plan.removals.items():
            broad.setdefault(label, []).extend(words)
        form = form or plan.format
        if not (plan.additions or plan.removals or plan.format):
            rest.append(reason)
    if not (cues or broad or form) and (summary := summarise_lapses(rest)):
        return summary
    parts = [f'Texts with {_listed(words)} belong to "{label}".' for label, words in _most(cues)]
    parts += [
        f'The guideline for "{label}" is too broad at {_listed(words)}.' for label, words in _most(broad)
    ]
    if form:
        parts.append(f"The prompt should demand only the {'label' if job.labels else 'answer itself'}.")
    parts += list(dict.fromkeys(rest))[:1]
    return " ".join(parts) or "The prompt gives too little guidance."


def _most(words_of: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """The labels with most to say, four at most."""
    return sorted(words_of.items(), key=lambda item: -len(item[1]))[:4]


def _listed(words: list[str]) -> str:
    """The words named most often, six at most."""
    counts = Counter(words)
    return joined([f"'{word}'" for word, _ in counts.most_common(6)])


def _quoted_names(reasons: tuple[str, ...]) -> tuple[str, ...]:
    names = (part for reason in reasons for part in reason.split('"')[1::2])
    return tuple(dict.fromkeys(names))
