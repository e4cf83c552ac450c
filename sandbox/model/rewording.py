"""Paraphrase: the same prompt in other words and another order."""

from __future__ import annotations

import re

from sandbox.model.dice import Dice
from sandbox.model.guideline_lines import guideline_of, insert_block
from sandbox.model.job_request import JobRequest
from sandbox.model.label_finding import find_labels

_WORDINGS = (
    (r"\bClassify\b", ("Categorise", "Sort")),
    (r"\bDecide\b", ("Determine", "Find out")),
    (r"\bDetermine\b", ("Decide", "Work out")),
    (r"\bWhich team should handle\b", ("Which team is right for", "What team ought to take")),
    (r"\bAnswer with\b", ("Reply with", "Respond with")),
    (r"\bReply with\b", ("Answer with", "Respond with")),
    (r"\bGuidelines:", ("How to decide:", "Hints:")),
    (r"\bHow to decide:", ("Guidelines:", "Hints:")),
    (r"\bthe following\b", ("this", "the given")),
    (r"\bPlease\b", ("Kindly",)),
    (r"\bYou are\b", ("Act as",)),
)
_OPENINGS = ("Read the text carefully.", "Consider the whole text first.", "Take every detail into account.")


def write_paraphrases(job: JobRequest, dice: Dice) -> list[str]:
    """Return up to ``job.count`` versions that say the same; placeholders stay as they are."""
    versions: dict[str, None] = {}
    for attempt in range(job.count * 3):
        if len(versions) >= job.count:
            break
        version = _reworded(job, Dice(dice.roll(), attempt))
        if version != job.prompt and all(name in version for name in job.keep):
            versions[version] = None
    return list(versions)


def _reworded(job: JobRequest, dice: Dice) -> str:
    text = _reordered(job, dice)
    for pattern, wordings in _WORDINGS:
        if dice.hits(0.6):
            text = re.sub(pattern, dice.pick(wordings), text, count=1)
    if text == job.prompt or dice.hits(0.2):
        text = insert_block(text, dice.pick(_OPENINGS), job.keep)
    return text


def _reordered(job: JobRequest, dice: Dice) -> str:
    """Shuffle the guideline bullets among their places."""
    labels = job.labels or find_labels(job.prompt)
    lines = job.prompt.split("\n")
    places = [index for index, line in enumerate(lines) if guideline_of(line, labels)]
    for place, line in zip(places, dice.shuffled([lines[index] for index in places]), strict=True):
        lines[place] = line
    return "\n".join(lines)
