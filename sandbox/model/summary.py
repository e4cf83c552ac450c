"""Summarise: several reasons merged into one paragraph, label by label."""

from __future__ import annotations

from sandbox.model.editing import read_reason
from sandbox.model.job_request import JobRequest
from sandbox.model.words import joined


def write_summary(job: JobRequest) -> str:
    """Return one paragraph that keeps every cue, and every reason that names no label in short."""
    labels = job.labels or _quoted_names(job.reasons)
    cues: dict[str, list[str]] = {}
    broad: dict[str, list[str]] = {}
    rest: list[str] = []
    form = False
    for reason in job.reasons:
        plan = read_reason(reason, labels)
        for label, words in plan.additions:
            cues.setdefault(label, []).extend(words)
        for label, words in plan.removals:
            broad.setdefault(label, []).extend(words)
        form = form or plan.format
        if not (plan.additions or plan.removals or plan.format):
            rest.append(reason)
    parts = [f'Texts with {_listed(words)} belong to "{label}".' for label, words in cues.items()]
    parts += [
        f'The guideline for "{label}" is too broad at {_listed(words)}.' for label, words in broad.items()
    ]
    if form:
        parts.append("The prompt should demand only the label.")
    parts += list(dict.fromkeys(rest))[:2]
    return " ".join(parts) or "The prompt gives too little guidance."


def _listed(words: list[str]) -> str:
    return joined([f"'{word}'" for word in dict.fromkeys(words)])


def _quoted_names(reasons: tuple[str, ...]) -> tuple[str, ...]:
    names = (part for reason in reasons for part in reason.split('"')[1::2])
    return tuple(dict.fromkeys(names))
