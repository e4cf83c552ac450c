"""What a reader takes from a prompt: labels, the cues for each, and how the answer shall look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sandbox.model.label_finding import find_labels, is_weak, label_key, mention_pattern
from sandbox.model.topics import Topic, topics_of_sense, topics_of_stem
from sandbox.model.words import COMMON_WORDS, content_stems, guidance_stems, stem, with_pairs

NAME_WEIGHT = 0.7
CUE_WEIGHT = 1.0
PAIR_WEIGHT = 0.7
COMMON_WEIGHT = 0.45
QUESTION_WEIGHT = 0.6
AVERSION = -0.8
TELLING_WEIGHT = 0.55
KNOWLEDGE = 0.7
TOUCHES_AT_FULL_KNOWLEDGE = 4
SENSE_TOUCHES = 0.8
CUES_AT_FULL_WEIGHT = 60
UNDESCRIBED_BONUS = 0.45
DEFAULT_BONUS = 0.5

_STRICT = re.compile(
    r"only (?:with )?(?:the|one|a|its|that)? ?(?:\w+ )?(?:label|word|name|category|team|number|letter|option|answer)|"
    r"\b(?:just|exactly) (?:the|one|a)\b|nothing else|one word|single word|no explanation|without (?:any )?explanation|"
    r"answer only|label only|do not explain|no other text|(?:answer|reply|respond) with only|only answer",
    re.IGNORECASE,
)
_STEPS = re.compile(
    r"step by step|step-by-step|think carefully|show your (?:work|reasoning)|reason through", re.IGNORECASE
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSES = re.compile(
    r"[;—]|,\s*(?:and|but|while|otherwise|whereas)\b|\b(?:but|while|otherwise|whereas)\b|,\s*(?=[\"'`])",
    re.IGNORECASE,
)
_AVERSE = re.compile(r"\b(?:not|unless|except|excluding|rather than|instead of|but never)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;.)]|\bbut\b")
_DENIED = re.compile(
    r"(?:\bnot|\bnever|rather than|instead of|n't be|answered as|mistaken for)\s*(?:an?\s|the\s)?[\"'`“]?$",
    re.IGNORECASE,
)
_DEFAULT = re.compile(
    r"\b(?:if (?:in doubt|unsure|not sure|nothing (?:fits|matches))|when (?:in doubt|unsure)|otherwise|by default"
    r"|default(?: is)?:?|everything else|anything else|in all other cases)\b[^.\n]{0,40}",
    re.IGNORECASE,
)
_BULLET_MARK = re.compile(r"^[ \t]*(?:[-*•–]|\d{1,2}[.)]|#{1,6})[ \t]+")
_HEAD_END = re.compile(
    r"^[\"'`”*)]{0,3}[ \t]*(?::|–|—|=|->|→|-\s|$|\bif\b|\bwhen\b|\bmeans\b|\bfor\b)\**[ \t]*"
)
_AFFIRMATIVE = ("yes", "1", "true")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the guidance of a prompt says.

    ``cues`` maps a stem, or a pair of stems, to the weight that it gives to each label (by position
    in ``labels``). ``prior`` is the weight that a label has before the input is read.
    """

    labels: tuple[str, ...]
    cues: dict[str, tuple[tuple[int, float], ...]]
    prior: tuple[float, ...]
    strict: bool
    stepwise: bool
    guidance: str


@lru_cache(maxsize=4096)
def read_guidance(guidance: str, extra_labels: tuple[str, ...] = ()) -> Reading:
    """Read a prompt without its input; ``extra_labels`` are used when the prompt offers none."""
    labels = find_labels(guidance) or extra_labels
    positive, averse, default = _collect(guidance, labels)
    weights = _weigh(labels, positive, averse)
    return Reading(
        labels=labels,
        cues={cue: tuple(shares.items()) for cue, shares in weights.items()},
        prior=_prior(labels, positive, default),
        strict=bool(_STRICT.search(guidance)),
        stepwise=bool(_STEPS.search(guidance)),
        guidance=guidance,
    )


def known_stems(reading: Reading, label: str) -> frozenset[str]:
    """Return the stems that a prompt already ties to a label with full weight."""
    index = next((i for i, name in enumerate(reading.labels) if label_key(name) == label_key(label)), None)
    return frozenset(
        cue
        for cue, shares in reading.cues.items()
        for i, weight in shares
        if i == index and weight > TELLING_WEIGHT
    )


def _collect(
    guidance: str, labels: tuple[str, ...]
) -> tuple[list[dict[str, float]], list[set[str]], int | None]:
    """Return per label the cues that speak for it and those that speak against it, and the default label."""
    positive: list[dict[str, float]] = [{} for _ in labels]
    averse: list[set[str]] = [set() for _ in labels]
    default: int | None = None
    index_of = {label_key(label): index for index, label in enumerate(labels)}
    mentions = mention_pattern(labels)
    if mentions is None:
        return positive, averse, None
    for index, text, weight in _attributed(guidance, index_of, mentions):
        wanted, unwanted = _split_aversions(text)
        for cue in with_pairs(guidance_stems(mentions.sub(" ", wanted))):
            positive[index][cue] = max(weight, positive[index].get(cue, 0.0))
        averse[index].update(guidance_stems(unwanted))
    for match in _DEFAULT.finditer(guidance):
        named = mentions.search(match[0])
        if named:
            default = _index(named[0], index_of)
    return positive, averse, default


def _attributed(
    guidance: str, index_of: dict[str, int], mentions: re.Pattern[str]
) -> Iterator[tuple[int, str, float]]:
    """Yield pieces of the guidance with the label that each speaks about."""
    context: int | None = None
    for line in guidance.split("\n"):
        bare = _BULLET_MARK.sub("", line)
        head = _head(bare, index_of)
        if head is not None:
            index, rest = head
            context = index if not rest.strip() else None
            yield index, rest, CUE_WEIGHT
        elif context is not None and bare != line:
            yield context, bare, CUE_WEIGHT
        elif line.strip():
            context = None
            for sentence in _SENTENCES.split(bare):
                yield from _by_sentence(sentence, index_of, mentions)


def _head(bare: str, index_of: dict[str, int]) -> tuple[int, str] | None:
    """Recognise ``billing: invoices, refunds`` and ``"Yes" if …``; return the label and what follows."""
    lead = bare.lstrip("\"'`“*( \t")
    for key, index in index_of.items():
        if key and label_key(lead[: len(key)]) == key and (end := _HEAD_END.match(lead[len(key) :])):
            return index, lead[len(key) + end.end() :]
    return None


def _by_sentence(
    sentence: str, index_of: dict[str, int], mentions: re.Pattern[str]
) -> Iterator[tuple[int, str, float]]:
    named = _named(sentence, index_of, mentions)
    if len(named) == 1:
        yield named.pop(), sentence, CUE_WEIGHT
    elif len(named) > 1:
        for clause in _CLAUSES.split(sentence):
            in_clause = _named(clause, index_of, mentions)
            if len(in_clause) == 1:
                yield in_clause.pop(), clause, CUE_WEIGHT
            elif len(in_clause) > 1:
                yield from _between_names(clause, index_of, mentions)
    elif "?" in sentence or re.search(r"\b(?:whether|determine if|decide if)\b", sentence):
        yield from _asked(sentence, index_of)


def _between_names(
    clause: str, index_of: dict[str, int], mentions: re.Pattern[str]
) -> Iterator[tuple[int, str, float]]:
    """``1 for a lie, 0 for the truth``: what follows a name; ``a lie (1) or true (0)``: what precedes it."""
    found = list(mentions.finditer(clause))
    following = not guidance_stems(clause[: found[0].start()])
    for place, match in enumerate(found):
        if following:
            end = found[place + 1].start() if place + 1 < len(found) else len(clause)
            piece = clause[match.end() : end]
        else:
            piece = clause[found[place - 1].end() if place else 0 : match.start()]
        index = _index(match[0], index_of)
        if index is not None:
            yield index, piece, CUE_WEIGHT


def _asked(sentence: str, index_of: dict[str, int]) -> Iterator[tuple[int, str, float]]:
    """A yes/no question describes the affirmative answer."""
    for word in _AFFIRMATIVE:
        if word in index_of:
            yield index_of[word], sentence, QUESTION_WEIGHT


def _named(text: str, index_of: dict[str, int], mentions: re.Pattern[str]) -> set[int]:
    found = set()
    for match in mentions.finditer(text):
        index = _index(match[0], index_of)
        if index is not None and not _DENIED.search(text[: match.start()]):
            found.add(index)
    return found


def _index(name: str, index_of: dict[str, int]) -> int | None:
    key = label_key(name)
    return index_of.get(key, index_of.get(key.removesuffix("s")))


def _split_aversions(text: str) -> tuple[str, str]:
    """Separate ``invoices, not shipping costs`` into what is meant and what is not."""
    wanted, unwanted, position = [], [], 0
    for match in _AVERSE.finditer(text):
        if match.start() < position:
            continue
        wanted.append(text[position : match.start()])
        end = _CLAUSE_END.search(text, match.end())
        position = end.start() if end else len(text)
        unwanted.append(text[match.end() : position])
    wanted.append(text[position:])
    return " ".join(wanted), " ".join(unwanted)


def _weigh(
    labels: tuple[str, ...], positive: list[dict[str, float]], averse: list[set[str]]
) -> dict[str, dict[int, float]]:
    """Turn cues into weights: shared cues say less, long lists dilute, world knowledge adds related words."""
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for index, cues in enumerate(positive):
        for cue in cues:
            owners[cue].append(index)
    weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for index, label in enumerate(labels):
        cues = positive[index]
        dilution = (1 + max(0, len(cues) - CUES_AT_FULL_WEIGHT) / CUES_AT_FULL_WEIGHT) ** -0.5
        for name in _name_stems(label):
            weights[name][index] = NAME_WEIGHT
        for cue, strength in cues.items():
            shared = len(owners[cue])
            if shared < len(labels) or len(labels) == 1:
                weights[cue][index] = strength * _base_weight(cue) * dilution / shared
        for word in averse[index]:
            weights[word].setdefault(index, AVERSION)
    known = [_known_words(_name_stems(label), positive[index]) for index, label in enumerate(labels)]
    for index, words in enumerate(known):
        for word, weight in words.items():
            if word not in owners:
                rivals = sum(others.get(word, 0.0) for others in known)
                weights[word].setdefault(index, weight * weight / rivals)
    return dict(weights)


def _name_stems(label: str) -> set[str]:
    """The stems of a label's name that mean something: none for ``1``, ``Yes`` or ``(A)``."""
    if (is_weak(label) and label.lower() != "safe") or label.startswith("("):
        return set()
    return set(guidance_stems(label)) or set(content_stems(label))


def _base_weight(cue: str) -> float:
    if " " in cue:
        return PAIR_WEIGHT
    return COMMON_WEIGHT if cue in _COMMON_STEMS else CUE_WEIGHT


_COMMON_STEMS = frozenset(stem(word) for word in COMMON_WORDS)


def _known_words(names: set[str], cues: dict[str, float]) -> dict[str, float]:
    """Words of the topics that the name and the cues of a label touch; more touches, more weight."""
    touches: defaultdict[Topic, float] = defaultdict(float)
    for name in dict.fromkeys([*sorted(names), *cues]):
        topics = topics_of_sense(name)
        for topic in topics:
            touches[topic] += SENSE_TOUCHES / max(1.0, len(topics) / 3)
    for cue, strength in cues.items():
        for topic in topics_of_stem(cue):
            touches[topic] += strength
    known: dict[str, float] = {}
    for topic, count in touches.items():
        weight = KNOWLEDGE * min(1.0, count / TOUCHES_AT_FULL_KNOWLEDGE)
        for word in topic.stems:
            known[word] = max(weight * _base_weight(word), known.get(word, 0.0))
    return known


def _prior(
    labels: tuple[str, ...], positive: list[dict[str, float]], default: int | None
) -> tuple[float, ...]:
    """A slight lean to the first label; a label that alone is left undescribed stands for all the rest."""
    prior = [0.15 if index == 0 else 0.0 for index in range(len(labels))]
    undescribed = [index for index, cues in enumerate(positive) if not cues]
    if len(undescribed) == 1 and len(labels) > 1:
        prior[undescribed[0]] += UNDESCRIBED_BONUS
    if default is not None:
        prior[default] += DEFAULT_BONUS
    return tuple(prior)
