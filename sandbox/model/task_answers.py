"""The answer to a task call: a label where the prompt offers labels, else a modest attempt at the exact answer."""

from __future__ import annotations

import re

from sandbox.model.dice import chance
from sandbox.model.drafting import asks_for_reply, draft_reply
from sandbox.model.input_split import split_input
from sandbox.model.label_finding import find_labels
from sandbox.model.labelling import Decision, decide, features_of
from sandbox.model.prompt_reading import Reading, read_guidance

CHATTY_RATE = 0.16
CHATTY_RATE_WITH_CUE = 0.09

_ENDS_WITH_CUE = re.compile(r"[A-Za-z]+[ \t]*:[ \t*]*$")
_OPTION_LIST = re.compile(r"^options?:\s*\n((?:[ \t]*[-(].*\n?)+)", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])-?\$?\d[\d,]*(?:\.\d+)?")
_COUNTED = re.compile(
    r"\b(an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?=[a-z])|\b(\d+)\s+(?=[a-z])", re.IGNORECASE
)
_NUMBER_WORDS = {"a": 1, "an": 1} | {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}


def answer_task(prompt: str, *, heat: float, draw: tuple[object, ...], server_seed: int) -> str:
    """Return the answer to a filled-in prompt."""
    split = split_input(prompt)
    guidance = f"{split.before}\n{split.after}"
    if asks_for_reply(guidance):
        return draft_reply(guidance, split.text, server_seed)
    reading = read_guidance(guidance)
    if not reading.labels:
        options = _options(split.text)
        if not options:
            return _answer_freely(reading, split.text, server_seed)
        reading = read_guidance(reading.guidance, options)
    decision = decide(reading, split.text, heat=heat, draw=draw, server_seed=server_seed)
    cued = bool(_ENDS_WITH_CUE.search(split.after.rstrip()))
    return _phrased(decision, reading, split.text, cued=cued, server_seed=server_seed)


def _options(text: str) -> tuple[str, ...]:
    """The options that an input brings along, such as ``- Yes`` or ``(A) …``."""
    block = _OPTION_LIST.search(text)
    if not block:
        return ()
    lettered = re.findall(r"^\s*(\([A-Z]\))", block[1], re.MULTILINE)
    return tuple(lettered) or find_labels(f"Options:\n{block[1]}")


def _phrased(decision: Decision, reading: Reading, text: str, *, cued: bool, server_seed: int) -> str:
    """Say the label alone when the prompt asks for that; else now and then in other words."""
    rate = 0.0 if reading.strict else CHATTY_RATE_WITH_CUE if cued else CHATTY_RATE
    draw = chance("phrase", server_seed, features_of(text).digest)
    if draw >= rate:
        return decision.label
    kind = draw / rate
    if kind < 0.4:
        because = f"it mentions {decision.evidence[0]}" if decision.evidence else "of the way it is written"
        return (
            f"This could be {decision.runner_up}, but I would rather say {decision.label}, because {because}."
        )
    if kind < 0.7:
        return f"I think this one is about {decision.label}."
    if kind < 0.85:
        return f"{decision.label.capitalize()}."
    return f"It is hard to say: {decision.label} or {decision.runner_up}."


def _answer_freely(reading: Reading, text: str, server_seed: int) -> str:
    """Without labels: a count, a sum or an extract, more often right when asked to go step by step."""
    digest = features_of(text).digest
    sure = chance("exact", server_seed, digest) < (0.6 if reading.stepwise else 0.35)
    number = _computed(text, sure)
    if number is not None:
        if reading.strict or chance("bare", server_seed, digest) < 0.4:
            return number
        return f"The answer is {number}." if sure else f"Let me see. I count {number} in total."
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    return f"The text says: {first[:160]}" if first else "There is no text to work on."


def _computed(text: str, sure: bool) -> str | None:
    question = text.lower()
    if "how many" in question and (found := _COUNTED.findall(text)):
        counts = [_NUMBER_WORDS.get(word.lower(), 1) if word else int(digits) for word, digits in found]
        return str(sum(counts) if sure else len(counts))
    numbers = [float(match.strip("$").replace(",", "").replace("$", "")) for match in _NUMBER.findall(text)]
    if not numbers or not re.search(r"how (?:many|much)|total|number|sum|\d", question):
        return None
    result = sum(numbers)
    if "each" in question or "per " in question or "times" in question:
        result = numbers[0] * numbers[1] if len(numbers) > 1 and sure else result
    elif re.search(r"\b(?:left|remain|fewer|less|gave|spent|lost)\b", question):
        result = numbers[0] - sum(numbers[1:]) if sure else result
    return f"{result:g}"
