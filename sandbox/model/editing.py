"""Edit: a rewritten prompt that mends one reason, in several versions of different quality."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from sandbox.model.dice import Dice
from sandbox.model.error_words import error_words
from sandbox.model.guideline_lines import add_cues, guideline_of, insert_block, remove_cues
from sandbox.model.job_request import JobRequest
from sandbox.model.label_finding import find_labels, label_key
from sandbox.model.prompt_reading import known_stems, read_guidance
from sandbox.model.reason_reading import Plan, read_reason
from sandbox.model.topics import TOPICS, topics_of_phrase, topics_of_sense
from sandbox.model.words import content_stems, joined

BAD_EDIT_RATE = 0.14
EXPAND_RATE = 0.6
MORE_WORDS_RATE = 0.6
SECOND_LABEL_RATE = 0.65
FORMAT_RATE = 0.4
DESCRIBE_ALL_RATE = 0.35
TOPIC_RATE = 0.65

_INTROS = ("Guidelines:", "How to decide:", "Hints for each label:", "What belongs where:")
_TOO_GENERAL = "please,help,new,time,working,tried,order,team,today,company,add,change"
_LABEL_ONLY = (
    "Answer with only the label.",
    "Reply with the label alone and nothing else.",
    "Answer with just the label.",
)
_VALUE_ONLY = ("Give only the answer, without explanation.", "Answer with only the value itself.")


def write_edits(job: JobRequest, dice: Dice) -> list[str]:
    """Return up to ``job.count`` different edits of the prompt."""
    labels = job.labels or find_labels(job.prompt)
    plan = read_reason("\n".join(part for part in (job.reason, job.feedback) if part), labels)
    edits: dict[str, None] = {}
    for attempt in range(job.count * 3):
        if len(edits) >= job.count:
            break
        edit = _edit(job, plan, labels, Dice(dice.roll(), attempt))
        if edit.strip() and edit != job.prompt:
            edits[edit] = None
    return list(edits) or [insert_block(job.prompt, "Read the whole text before you answer.", job.keep)]


def _edit(job: JobRequest, plan: Plan, labels: Sequence[str], dice: Dice) -> str:
    text = job.prompt
    for label, cues in plan.removals.items():
        text = remove_cues(text, label, cues, labels)
    additions: defaultdict[str, list[str]] = defaultdict(list)
    for label, cues in plan.additions.items():
        additions[label] += _chosen(job, label, labels, plan, cues, dice)
        if dice.hits(MORE_WORDS_RATE):
            additions[label] += _from_errors(job, label, labels, dice)
    for label in _labels_in_trouble(job, labels, dice):
        if not additions or dice.hits(SECOND_LABEL_RATE):
            additions[label] += _from_errors(job, label, labels, dice)
    if dice.hits(DESCRIBE_ALL_RATE):
        for label, words in _described(job, labels, dice).items():
            additions[label] += words
    intro = dice.pick(_INTROS)
    for label, words in additions.items():
        if words:
            text = add_cues(text, label, list(dict.fromkeys(words)), labels, job.keep, intro)
    text = _with_sentences(text, job, plan, labels, dice)
    return _spoilt(text, job, labels, dice) if dice.hits(BAD_EDIT_RATE) else text


def _labels_in_trouble(job: JobRequest, labels: Sequence[str], dice: Dice) -> list[str]:
    """Up to three labels whose inputs were answered wrongly, the most frequent more likely."""
    counts = Counter(label_key(case.expected) for case in job.wrong)
    return dice.weighted([(label, float(counts[label_key(label)])) for label in labels], 3)


def _described(job: JobRequest, labels: Sequence[str], dice: Dice) -> dict[str, list[str]]:
    """A line in the editor's own words for every label without a guideline whose name says what it covers."""
    lines = job.prompt.split("\n")
    present = {guideline_of(line, labels) for line in lines}
    words = {}
    for label in labels:
        topics = [topic for part in content_stems(label) for topic in topics_of_sense(part)]
        if label not in present and topics:
            chosen = dice.sample(topics, 3)
            words[label] = [word for topic in chosen for word in dice.sample(topic.words, 2 + dice.below(3))]
    return words


def _chosen(
    job: JobRequest, label: str, labels: Sequence[str], plan: Plan, cues: Sequence[str], dice: Dice
) -> list[str]:
    """Most of the cues, some widened by related words that the topic table knows."""
    words = [cue for cue in cues if dice.hits(0.85)] or [dice.pick(cues)]
    shared = error_words(job.wrong, label, tuple(labels), frozenset()).topics
    for cue in list(words):
        fitting = [topic for topic in topics_of_phrase(cue) if topic in shared] or topics_of_phrase(cue)[:1]
        if fitting and dice.hits(EXPAND_RATE if fitting[0] in shared else EXPAND_RATE / 3):
            words += dice.sample(fitting[0].words, 2 + dice.below(3))
    for topic in TOPICS:
        if topic.name in plan.about.get(label, ()) and dice.hits(0.8):
            words += dice.sample(topic.words, 4 + dice.below(5))
    return words


def _from_errors(job: JobRequest, label: str, labels: Sequence[str], dice: Dice) -> list[str]:
    """Words that the errors themselves show, and what they have in common in the editor's own words."""
    reading = read_guidance(job.prompt, tuple(labels))
    found = error_words(job.wrong, label, tuple(labels), known_stems(reading, label))
    words = dice.weighted(found.words[:12], 2 + dice.below(4))
    if found.topics and dice.hits(TOPIC_RATE):
        words += dice.sample(dice.pick(found.topics).words, 4 + dice.below(7))
    return words


def _with_sentences(text: str, job: JobRequest, plan: Plan, labels: Sequence[str], dice: Dice) -> str:
    """Add what is missing: the set of labels, the form of the answer, a note of a reviewer."""
    reading = read_guidance(text)
    if labels and {label_key(label) for label in reading.labels} != {label_key(label) for label in labels}:
        if dice.hits(0.85):
            wanted = joined(list(labels), "or")
            text = insert_block(text, f"Answer with exactly one of: {wanted}.", job.keep)
    elif not reading.strict and (plan.format or dice.hits(FORMAT_RATE)):
        sentence = dice.pick(_LABEL_ONLY if labels else _VALUE_ONLY)
        text = insert_block(text, sentence, job.keep)
    if plan.fallback and "nothing fits" not in text:
        text = insert_block(text, f'If nothing fits, answer "{plan.fallback}".', job.keep)
    if plan.stepwise and not reading.stepwise:
        text = insert_block(text, "Work step by step, then give the answer.", job.keep)
    if plan.note:
        text = insert_block(text, f"Keep in mind: {plan.note}", job.keep)
    return text


def _spoilt(text: str, job: JobRequest, labels: Sequence[str], dice: Dice) -> str:
    """A version that is worse than it should be, so that choosing among edits matters."""
    lines = text.split("\n")
    bullets = [index for index, line in enumerate(lines) if guideline_of(line, labels)]
    kind = dice.roll()
    if kind < 0.4 and labels:
        label = dice.pick(labels)
        return add_cues(text, label, dice.sample(_TOO_GENERAL.split(","), 4), labels, job.keep, "Guidelines:")
    if kind < 0.75 and bullets:
        del lines[dice.pick(bullets)]
        return "\n".join(lines)
    if kind < 0.85:
        kept = [
            line for line in lines if not re.search(r"\bonly the|nothing else|just the", line, re.IGNORECASE)
        ]
        return "\n".join(kept)
    if kind < 0.9 and job.keep:
        return text.replace(job.keep[0], "the text")
    return "\n".join([*lines[:1], "Take your time and be creative.", *lines[1:]]) if len(lines) > 1 else text
