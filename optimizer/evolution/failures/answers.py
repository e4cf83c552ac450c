"""Answers that show a failed evolution: the answering model got nothing that it could do."""

from __future__ import annotations

import unicodedata

from optimizer.evolution.cases import EvolutionCase
from optimizer.evolution.failures.phrases import (
    ACKNOWLEDGED,
    AS_AN_AI,
    ASKING_WORDS,
    ASKS_FOR_MISSING,
    ASKS_FOR_QUESTIONS,
    IMPOSSIBLE,
    PUZZLED,
    SORRY,
    TO_YOU,
    UNABLE,
    WILLING,
)
from optimizer.evolution.failures.wording import (
    SHORT,
    Phrases,
    edges,
    ends_with_question,
    normalised,
    opening,
)
from optimizer.languages.function_words import ANY_FUNCTION_WORD
from optimizer.languages.words import words_of

FEW_WORDS = 80
LONGEST_COUNTER_QUESTION = 300

_ACKNOWLEDGED = Phrases(ACKNOWLEDGED)
_WILLING = Phrases(WILLING)
_PUZZLED = Phrases(PUZZLED)
_ASKS_FOR_MISSING = Phrases(ASKS_FOR_MISSING)
_IMPOSSIBLE = Phrases(IMPOSSIBLE)
_SORRY = Phrases(SORRY)
_UNABLE = Phrases(UNABLE)
_AS_AN_AI = Phrases(AS_AN_AI)
_ASKING_WORDS = Phrases(ASKING_WORDS)
_TO_YOU = Phrases(TO_YOU)
_ASKS_FOR_QUESTIONS = Phrases(ASKS_FOR_QUESTIONS)


class EmptyAnswer:
    """The answer is nothing but punctuation and function words.

    Source: Evol-Instruct's elimination rule 3. A single word passes: it may be the answer to a question
    about words; so do signs that are no punctuation, such as an emoji.
    """

    name = "empty-answer"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Look for anything that says something."""
        response = (case.response or "").strip()
        if len(response) > SHORT:
            return None if any(letter.isalnum() for letter in response) else "The answer is only punctuation."
        if not response or all(unicodedata.category(letter)[0] in "PZCM" for letter in response):
            return "The answer is empty."
        words = words_of(response)
        if len(words) < 2 or not ANY_FUNCTION_WORD.issuperset(words):
            return None
        return "The answer says nothing but function words."


class StagnantComplexity:
    """The answer only acknowledges: it begins like “Understood” or “Thank you” and ends with a question.

    Source: the paper's first class (appendix); further beginnings from the author code's list (“Great”,
    “That is correct”, “I understand”, “Is there anything else”) and EvolKit (“Noted”, “Got it”, “Okay”),
    in our own words for further languages. An answer of more than 1,000 characters did something.
    """

    name = "stagnant-complexity"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Compare the first words and the last sign."""
        response = case.response or ""
        if len(response) > SHORT or not ends_with_question(response):
            return None
        if not (found := _ACKNOWLEDGED.at_start(opening(response))):
            return None
        return f"The answer only acknowledges (“{found}”): there was no task left in the instruction."


class InsufficientQualification:
    """The answer offers itself and asks back: “Sure … ?”, or asks what is meant.

    Source: the paper's second class (appendix); EvolKit's “certainly”, “happy to help”, “what do you mean”.
    """

    name = "insufficient-qualification"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Compare the first words and the last sign, and look for a question about the meaning."""
        response = case.response or ""
        if len(response) > SHORT:
            return None
        start = opening(response)
        willing = _WILLING.at_start(start) if ends_with_question(response) else ""
        if found := willing or next(iter(_PUZZLED.within(start)), ""):
            return f"The answer asks back (“{found}”): the instruction does not say enough to be carried out."
        return None


class LostInformation:
    """The answer asks for what is missing (“please provide”), or says that the task cannot be done.

    Source: the paper's third class (appendix), the author code's “not possible” variant, EvolKit's “need more
    information”, “could you clarify”, “what exactly”. The paper searches the whole answer; here only its first
    300 and last 200 characters count, and nothing that the instruction says itself: a letter that asks a
    customer to please provide a number is a good answer.
    """

    name = "lost-information"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Look for a request at the beginning and at the end."""
        response = case.response or ""
        asked = _ASKS_FOR_MISSING.within(edges(response))
        if asked:
            instruction = normalised(case.evolved)
            for found in asked:
                if found not in instruction:
                    return f"The answer asks for missing information (“{found}”)."
        start = opening(response)
        sorry = _SORRY.at_start(start)
        impossible = _IMPOSSIBLE.within(start) if sorry else [_IMPOSSIBLE.at_start(start)]
        if len(response) <= SHORT and any(impossible):
            return "The answer says that the instruction cannot be carried out."
        return None


class Refusal:
    """The answer is a short apology that it cannot do it, or speaks of itself as an AI.

    Source: Evol-Instruct's elimination rule 2 (“sorry” in fewer than 80 words), h2o-wizardlm (“i'm sorry” in fewer
    than 400 characters, “as an ai”), the author code's “I'm sorry … ?” and “As an AI assistant … ?”. An apology
    must come with an inability or end in a question, so that a letter of condolence passes.
    """

    name = "refusal"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Look at the beginning of a short answer."""
        response = case.response or ""
        if len(response) > SHORT or len(words_of(response)) >= FEW_WORDS:
            return None
        start = opening(response)
        if found := _AS_AN_AI.at_start(start):
            return f"The answer is a refusal (“{found}”)."
        if _SORRY.at_start(start) and (_UNABLE.within(start) or ends_with_question(response)):
            return "The answer is a refusal: it apologises and does nothing."
        if _UNABLE.within(start) and _AS_AN_AI.within(start):
            return "The answer is a refusal."
        return None


class CounterQuestion:
    """The answer is a short question to the one who asked.

    Source: the author code's wider list (begins with “What” and ends with “?”). Here it must also address the
    person, and the instruction must not be about questions, which a question can answer.
    """

    name = "counter-question"
    needs_response = True

    def why(self, case: EvolutionCase) -> str | None:
        """Look for a question to the reader that nobody asked for."""
        response = (case.response or "").strip()
        if len(response) > LONGEST_COUNTER_QUESTION or not ends_with_question(response):
            return None
        start = opening(response)
        if not _ASKING_WORDS.at_start(start) or not _TO_YOU.within(start):
            return None
        if _ASKS_FOR_QUESTIONS.within(normalised(case.evolved)):
            return None
        return "The answer is a question back to the one who asked."
