"""Evolutions that did not happen: no evolved instruction, or the old one again."""

from __future__ import annotations

from collections import Counter

from optimizer.evolution.cases import EvolutionCase
from optimizer.languages.words import words_of

MOST_NEW_WORDS = 1
_COURTESY = frozenset(
    ["please", "kindly", "bitte", "veuillez", "merci", "proszę", "пожалуйста", "alstublieft", "alsjeblieft"]
)


class NoEvolution:
    """The reply held no evolved instruction.

    Source: the author code then takes the whole reply for the instruction, and EvolKit too; here it is a
    failure of its own.
    """

    name = "no-evolution"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Find an evolved instruction without any letter or digit."""
        if any(letter.isalnum() for letter in case.evolved):
            return None
        return "The reply held no evolved instruction."


class Unchanged:
    """The evolved instruction has at most one word that the original has not.

    Source: Evol-Instruct's elimination rule 1 (no information gain), which asks a model; h2o-wizardlm's
    comparison of the texts. Case, punctuation, order and courtesy do not count as a change. Chinese and
    Japanese characters count as words, so there a change of two characters does.
    """

    name = "unchanged"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Count the words that were added."""
        before, after = Counter(words_of(case.original)), Counter(words_of(case.evolved))
        if before == after:
            return "The evolved instruction says the same as the original."
        new = sum(count for word, count in (after - before).items() if word not in _COURTESY)
        if new > MOST_NEW_WORDS or not before:
            return None
        return "The evolved instruction adds nothing to the original but a word or its order."
