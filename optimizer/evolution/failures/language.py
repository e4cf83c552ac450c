"""Evolved instructions in another language than the original."""

from __future__ import annotations

from optimizer.evolution.cases import EvolutionCase
from optimizer.languages.switch import language_switch


class SwitchedLanguage:
    """The evolved instruction is in another script or language than the original.

    Source: the first step of the paper's e0 (the language must stay); no public implementation checks it.
    The rule speaks only where both texts are clear; see ``optimizer.languages.switch``.
    """

    name = "switched-language"
    needs_response = False

    def why(self, case: EvolutionCase) -> str | None:
        """Compare scripts, then function words."""
        found = language_switch(case.original, case.evolved)
        if found is None:
            return None
        script = " script" if found.by_script else ""
        return f"The evolved instruction is in {found.now}{script}, the original in {found.was}."
