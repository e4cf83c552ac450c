"""Critique: why the prompt led to the wrong answers that are shown."""

from __future__ import annotations

from collections import Counter

from sandbox.model.dice import Dice
from sandbox.model.error_words import error_words
from sandbox.model.job_request import JobRequest, WrongCase
from sandbox.model.label_finding import label_key
from sandbox.model.prompt_reading import Reading, known_stems, read_guidance
from sandbox.model.reason_reading import VAGUE_REASONS
from sandbox.model.words import joined, stem

VAGUE_RATE = 0.08
TOPIC_RATE = 0.5
FALLBACK_RATE = 0.12


def find_reasons(job: JobRequest, dice: Dice) -> list[str]:
    """Return ``job.count`` different reasons, the most common kinds of error first."""
    reasons = [job.feedback] if job.feedback else []
    labels = job.labels or tuple(dict.fromkeys(case.expected for case in job.wrong))
    reasons += _judged_reasons(job)
    if not job.labels and not any(case.expected for case in job.wrong):
        reasons += _value_reasons(job, dice) if not reasons else []
    elif _is_label_task(job):
        reasons += _label_reasons(job, labels, dice)
    else:
        reasons += _value_reasons(job, dice)
    for vague in dice.shuffled(VAGUE_REASONS):
        if len(reasons) >= job.count:
            break
        reasons.append(vague)
    return list(dict.fromkeys(reasons))[: job.count]


def _judged_reasons(job: JobRequest) -> list[str]:
    """Return the faults that a judge told by its criteria, the most common ones first."""
    if not job.criteria:
        return []
    counts = Counter(case.why.strip() for case in job.wrong if case.why.strip())
    common = sorted(counts, key=lambda why: (-counts[why], why))[: job.count]
    return [f"The prompt does not ask for what the answers are judged by. {why}" for why in common]


def _is_label_task(job: JobRequest) -> bool:
    """Labels are given, or the expected answers repeat and are no numbers."""
    if job.labels:
        return True
    expected = [label_key(case.expected) for case in job.wrong]
    return len(set(expected)) * 2 <= len(expected) and not any(answer.isdigit() for answer in expected)


def _label_reasons(job: JobRequest, labels: tuple[str, ...], dice: Dice) -> list[str]:
    reading = read_guidance(job.prompt, labels)
    keys = {label_key(label): label for label in labels}
    unreadable = [case for case in job.wrong if label_key(case.answer) not in keys]
    counts = Counter(keys.get(label_key(case.expected), case.expected) for case in job.wrong)
    order = dice.weighted([(label, float(count)) for label, count in sorted(counts.items())], len(counts))
    reasons: list[str] = []
    if order and dice.hits(FALLBACK_RATE):
        reasons.append(
            f'Where nothing stands out, the answer should be "{order[0]}", and the prompt does not say so.'
        )
    if unreadable and dice.hits(min(0.9, 0.25 + 2 * len(unreadable) / len(job.wrong))):
        reasons.append(_format_reason(unreadable[dice.below(len(unreadable))], dice))
    for turn in range(job.count * 3):
        if len(reasons) >= job.count or not order:
            break
        if dice.hits(VAGUE_RATE):
            reasons.append(dice.pick(VAGUE_REASONS))
        label = order[turn % len(order)]
        reason = _too_broad(job, reading, label, keys, dice) if dice.hits(0.25) else None
        reason = reason or _missing_hint(job, reading, label, labels, dice)
        if reason and reason not in reasons:
            reasons.append(reason)
    return reasons


def _format_reason(case: WrongCase, dice: Dice) -> str:
    shown = case.answer.strip().replace("\n", " ")[:60] or "nothing"
    return dice.pick(
        (
            f"Some answers are whole sentences (“{shown}”) because the prompt does not ask for the label alone.",
            f"The format is left open: “{shown}” is not one of the labels. The prompt should demand only the label.",
        )
    )


def _missing_hint(
    job: JobRequest, reading: Reading, label: str, labels: tuple[str, ...], dice: Dice
) -> str | None:
    found = error_words(job.wrong, label, labels, known_stems(reading, label))
    words = dice.weighted(found.words[:14], 2 + dice.below(4))
    if not words:
        return None
    cues = joined([f"'{word}'" for word in words])
    answers = Counter(case.answer for case in job.wrong if label_key(case.expected) == label_key(label))
    taken = answers.most_common(1)[0][0].strip()[:40] if answers else "something else"
    about = ""
    if found.topics and dice.hits(TOPIC_RATE):
        about = f" They have to do with {dice.pick(found.topics).name}."
    return dice.pick(
        (
            f'Texts that mention {cues} belong to "{label}", but the prompt gives no hint of that, so they were '
            f'answered as "{taken}".{about}',
            f'The prompt does not say what "{label}" covers: {cues} point to it, yet the answer was "{taken}".{about}',
            f'The description of "{label}" is too narrow. Inputs with {cues} were taken for "{taken}".{about}',
            f'Nothing in the prompt links {cues} to "{label}"; the model fell back on "{taken}".{about}',
        )
    )


def _too_broad(job: JobRequest, reading: Reading, label: str, keys: dict[str, str], dice: Dice) -> str | None:
    """A guideline of the wrongly chosen label that also matches these inputs."""
    counts: Counter[tuple[str, str]] = Counter()
    for case in job.wrong:
        taken = keys.get(label_key(case.answer))
        if taken is None or label_key(case.expected) != label_key(label):
            continue
        blamed = known_stems(reading, taken)
        for word in {word for word in case.text.lower().split() if word.isalpha() and stem(word) in blamed}:
            counts[taken, word] += 1
    common = [(pair, float(count)) for pair, count in sorted(counts.items()) if count >= 2]
    if not common:
        return None
    taken, word = dice.weighted(common, 1)[0]
    return f'The guideline for "{taken}" is too broad: \'{word}\' also appears in texts that belong to "{label}".'


def _value_reasons(job: JobRequest, dice: Dice) -> list[str]:
    """Reasons for tasks whose answer is a value: more than the value was said, or it is wrong."""
    wordy = [case for case in job.wrong if case.expected.strip() and case.expected.strip() in case.answer]
    reasons = []
    if wordy:
        reasons.append(
            "The right value is buried in a sentence; the prompt should demand only the answer itself."
        )
    if len(wordy) < len(job.wrong):
        reasons.append(
            "The values are off because the prompt does not ask to work step by step before answering."
        )
    return dice.shuffled(reasons)
