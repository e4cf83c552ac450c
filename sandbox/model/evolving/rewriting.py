"""A good rewriting: the instruction with what the method's operations add, in the instruction's language."""

from __future__ import annotations

from sandbox.model.dice import Dice
from sandbox.model.evolving.guidance import MethodReading
from sandbox.model.evolving.lapses import Attempt
from sandbox.model.evolving.phrasebook import ADDITIONS, NEUTRAL, OPERATIONS
from sandbox.model.evolving.topics_of_text import topic_words

OPENING_RATE = 0.18
NO_SPACES = ("ja", "zh")


def rewrite(reading: MethodReading, attempt: Attempt, dice: Dice) -> str:
    """Return the rewritten instruction; everything that the original gives stays in it."""
    additions = ADDITIONS.get(attempt.language, NEUTRAL)
    topics = topic_words(attempt.instruction, attempt.language)
    if reading.operations == ("breadth",) and "breadth" in additions:
        return dice.pick(additions["breadth"]).format(topic=dice.pick(topics[:4]))
    new = _added(reading, attempt, dice, topics)
    body = joined(attempt.instruction, *new, language=attempt.language)
    opening = additions.get("before", ())
    if opening and "concretise" in reading.operations and dice.hits(OPENING_RATE):
        body = f"{dice.pick(opening)} {body}"
    return with_context(body, attempt.context)


def _added(reading: MethodReading, attempt: Attempt, dice: Dice, topics: list[str]) -> list[str]:
    """One to three sentences by the operations that the method names; none that stands there already."""
    additions = ADDITIONS.get(attempt.language, NEUTRAL)
    known = [name for name in OPERATIONS if name in additions]
    wanted = [name for name in reading.operations if name in known] or known
    count = min(len(wanted), 1 if "length" in reading.guided and dice.hits(0.6) else 2 + dice.hits(0.3))
    sentences = []
    for name in dice.sample(wanted, count):
        text = fresh(additions[name], attempt.instruction, dice)
        sentences.append(text.format(topic=dice.pick(topics[:4])))
    return sentences


def fresh(sentences: tuple[str, ...], text: str, dice: Dice) -> str:
    """Return a sentence whose words do not stand in ``text`` yet, if there is one."""
    left = [sentence for sentence in sentences if sentence.split("{", 1)[0] not in text]
    return dice.pick(left or sentences)


def joined(instruction: str, *sentences: str, language: str) -> str:
    """Return the sentences behind the instruction, as one text."""
    text = instruction.rstrip()
    if text and text[-1].isalnum():
        text += "。" if language in NO_SPACES else "."
    gap = "\n\n" if "\n" in text else "" if language in NO_SPACES else " "
    return text + gap + ("" if language in NO_SPACES else " ").join(sentences)


def with_context(text: str, context: str) -> str:
    """Return the instruction with the material that it works on, so that it stands alone."""
    return f"{text}\n\n{context.strip()}" if context.strip() else text
