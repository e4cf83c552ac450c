"""What the wrongly answered examples of a label have in common: words and topics that set them apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sandbox.model.job_request import WrongCase
from sandbox.model.label_finding import label_key
from sandbox.model.topics import Topic, topics_of_sense, topics_of_stem
from sandbox.model.words import COMMON_WORDS, INSTRUCTION_WORDS, STOPWORDS, content_stems, stem, tokens

FRAME_SHARE = 0.7
FRAME_CASES = 4
"""From so many cases on, a word in this share of all inputs belongs to their frame, not to their meaning."""

_DULL = frozenset(stem(word) for word in COMMON_WORDS | INSTRUCTION_WORDS)


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """Words of one label's errors with how telling each is, and the topics they share."""

    words: tuple[tuple[str, float], ...]
    topics: tuple[Topic, ...]


@lru_cache(maxsize=256)
def error_words(
    cases: tuple[WrongCase, ...], label: str, labels: tuple[str, ...], known: frozenset[str]
) -> ErrorWords:
    """Return the words that stand out in the inputs that should have got ``label``.

    ``known`` are stems that the prompt already ties to the label: saying them again helps nobody.
    Words of a topic that one of the other ``labels`` is known to be about count little.
    """
    key = label_key(label)
    own = [case.text for case in cases if label_key(case.expected) == key]
    rest = [case.text for case in cases if label_key(case.expected) != key]
    in_own, in_rest = _document_counts(own), _document_counts(rest)
    spelling = _spellings(own)
    named = {topic for name in {*content_stems(label), *known} for topic in topics_of_sense(name)}
    rivals = {
        topic
        for other in labels
        if label_key(other) != key
        for name in content_stems(other)
        for topic in topics_of_sense(name)
    } - named
    topics = _shared_topics(own, rest, named, rivals)
    words = []
    for word, count in in_own.items():
        if word in known or word not in spelling:
            continue
        score = count - 1.2 * in_rest[word] + _meaning(word, named, topics)
        if not topics_of_stem(word):
            score *= 0.7
        if word in _DULL:
            score *= 0.3
        if rivals.intersection(topics_of_stem(word)):
            score *= 0.4
        if count + in_rest[word] > FRAME_SHARE * len(cases) and len(cases) >= FRAME_CASES:
            score *= 0.15
        if score > 0.4:
            words.append((spelling[word], round(score * score, 4)))
    words += _phrases(own, rest, known)
    words.sort(key=lambda item: (-item[1], item[0]))
    return ErrorWords(tuple(words[:24]), tuple(topics))


def _document_counts(texts: Sequence[str]) -> Counter[str]:
    return Counter(word for text in texts for word in set(content_stems(text)))


def _spellings(texts: Sequence[str]) -> dict[str, str]:
    """Map stems to the spelling seen most; leave out numbers and scraps."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in tokens(text):
            if word not in STOPWORDS and len(word) > 2 and word.isalpha():
                seen[stem(word)][word] += 1
    return {key: min(counts, key=lambda word: (-counts[word], word)) for key, counts in seen.items()}


def _meaning(word: str, named: set[Topic], topics: Sequence[Topic]) -> float:
    of_word = topics_of_stem(word)
    value = 0.5 if of_word else 0.0
    if any(topic in named for topic in of_word):
        value += 0.5
    if any(topic in topics for topic in of_word):
        value += 0.5
    return value


def _shared_topics(
    own: Sequence[str], rest: Sequence[str], named: set[Topic], rivals: set[Topic]
) -> list[Topic]:
    """Topics that the own inputs touch clearly more than the rest do.

    Two inputs must touch a topic; one is enough when the label is known to be about it.
    """
    mine, others = _topic_counts(own), _topic_counts(rest)
    scored = []
    for topic, count in mine.items():
        if topic in rivals:
            continue
        share = count / len(own) - others[topic] / max(1, len(rest)) + (0.2 if topic in named else 0)
        if (count >= 2 or topic in named) and share > 0.2:
            scored.append((-share, topic.name, topic))
    return [topic for _, _, topic in sorted(scored, key=lambda item: item[:2])[:4]]


def _topic_counts(texts: Iterable[str]) -> Counter[Topic]:
    return Counter(
        topic
        for text in texts
        for topic in {topic for word in content_stems(text) for topic in topics_of_stem(word)}
    )


def _phrases(own: Sequence[str], rest: Sequence[str], known: frozenset[str]) -> list[tuple[str, float]]:
    """Pairs of neighbouring words that at least two of the own inputs share and no other shows."""
    counts: Counter[str] = Counter()
    for text in own:
        counts.update(set(_pairs(text)))
    elsewhere = {pair for text in rest for pair in _pairs(text)}
    return [
        (pair, float(count))
        for pair, count in counts.items()
        if 2 <= count <= max(2, FRAME_SHARE * len(own))
        and pair not in elsewhere
        and not set(content_stems(pair)) <= known
    ]


def _pairs(text: str) -> list[str]:
    words = tokens(text)
    return [
        f"{one} {two}"
        for one, two in pairwise(words)
        if one not in STOPWORDS and two not in STOPWORDS and one.isalpha() and two.isalpha()
    ]
