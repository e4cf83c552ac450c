"""What a reason asks for, whoever worded it: a critique, a summary of several, or a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.model.label_finding import label_key, mention_pattern
from sandbox.model.topics import TOPICS
from sandbox.model.words import COMMON_WORDS, INSTRUCTION_WORDS, STOPWORDS, tokens

VAGUE_REASONS = (
    "The prompt is rather short and does not say what matters most.",
    "The prompt does not say how much weight to give to the tone of the text.",
    "The instructions could be read in more than one way.",
)
"""Reasons that tell an editor nothing: what a model says when it found no pattern."""

MAX_NOTE_CHARS = 300

_SENTENCES = re.compile(r"(?<=[.!?;])\s+")
_CUE = re.compile(r"(?<!\w)'([^'\n{}<>]{2,40})'(?!\w)")
_NAMED = re.compile(r"\"([^\"\n]{1,60})\"")
_WRONG_ANSWER = re.compile(r"(?:taken for|answered as|answer was|fell back on)\s+\"[^\"\n]*\"")
_FORMAT = re.compile(
    r"\b(?:format|label alone|only the (?:label|answer)|whole sentences?|one word|explanations?)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Plan:
    """What a reason asks for, by label: words to add and to take out, and topics to write about."""

    additions: dict[str, list[str]] = field(default_factory=dict)
    removals: dict[str, list[str]] = field(default_factory=dict)
    about: dict[str, list[str]] = field(default_factory=dict)
    format: bool = False
    stepwise: bool = False
    fallback: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was understood."""
        return not (self.additions or self.removals or self.format or self.stepwise or self.fallback)


def read_reason(reason: str, labels: Sequence[str]) -> Plan:
    """Read a reason sentence by sentence; one that cannot be understood is kept as a note."""
    by_key = {label_key(label): label for label in labels}
    plan = Plan(format=bool(_FORMAT.search(reason)), stepwise="step by step" in reason.lower())
    subject = ""
    for sentence in _SENTENCES.split(reason):
        said = _WRONG_ANSWER.sub("", sentence)
        named = [by_key[key] for name in _NAMED.findall(said) if (key := label_key(name)) in by_key]
        subject = named[0] if named else subject
        if subject:
            _take_in(plan, subject, said, by_key)
    if plan.is_empty:
        _read_plain_words(plan, reason, labels, by_key)
    return plan


def _take_in(plan: Plan, subject: str, sentence: str, by_key: dict[str, str]) -> None:
    lowered = sentence.lower()
    cues = [cue for cue in _CUE.findall(sentence) if label_key(cue) not in by_key]
    topics = [topic.name for topic in TOPICS if topic.name in lowered]
    if "nothing stands out" in lowered:
        plan.fallback = subject
    elif cues:
        aim = plan.removals if "too broad" in lowered else plan.additions
        aim.setdefault(subject, []).extend(cues)
    if topics:
        plan.about.setdefault(subject, []).extend(topics)


def _read_plain_words(plan: Plan, reason: str, labels: Sequence[str], by_key: dict[str, str]) -> None:
    """A person's wish: words said about a named label belong to it; anything else is a note."""
    if reason in VAGUE_REASONS or not reason.strip():
        return
    mentions = mention_pattern(labels)
    named = mentions.search(reason) if mentions else None
    label = (
        by_key.get(label_key(named[0]), by_key.get(label_key(named[0]).removesuffix("s"))) if named else None
    )
    words = _telling_words(reason, labels)
    if label is not None and words:
        plan.additions[label] = words
    else:
        plan.note = " ".join(re.sub(r"[{}<>]", "", reason).split())[:MAX_NOTE_CHARS]


def _telling_words(text: str, labels: Sequence[str]) -> list[str]:
    names = {word for label in labels for word in tokens(label)}
    dull = STOPWORDS | INSTRUCTION_WORDS | COMMON_WORDS | names
    return list(dict.fromkeys(word for word in tokens(text) if word not in dull and len(word) > 2))[:8]
