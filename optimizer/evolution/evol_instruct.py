"""Evol-Instruct (WizardLM, arXiv 2304.12244) as a baseline: fixed operators, one drawn for each instruction.

The operators are the paper's, in our own words: five in depth, one in breadth. Each is a method like any
other, so the baseline shares requests, failure rules, measures and application with Auto Evol-Instruct. The
paper draws evenly and samples at temperature 1; here ``EvolveConfig.evolve_temperature`` decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.evolution.cases import FailureRule
from optimizer.evolution.failures import RULES, without
from optimizer.evolution.methods import FIRST_ID, Method

_DEPTH = """\
Step 1. Rewrite the instruction so that it is somewhat harder to carry out: {how} It must stay reasonable, be
understood by people and be answerable; everything that it gives (facts, numbers, tables, code) stays.

Step 2. Check that about 10 to 20 words were added and that the subject is the same. Then write the final
instruction, and only the instruction."""

_HOW = {
    "add constraints": "add one more condition or requirement that the answer has to meet.",
    "deepen": "ask about the same matter in more depth or more breadth, as somebody would who knows it well.",
    "concretise": "put something more specific in the place of a general idea in it.",
    "increase reasoning": "where a few simple thoughts would do, ask for several steps of reasoning, by name.",
    "complicate input": "give data to work on in a richer form, such as a table, a formula, code or a record.",
}

_BREADTH = """\
Step 1. Take the instruction as an example and think of another task of the same field that is rarer. It must be
about as long and as hard, be reasonable, be understood by people and be answerable.

Step 2. Write that new instruction as the final instruction, and only the instruction."""

OPERATORS: dict[str, str] = {
    **{name: _DEPTH.format(how=how) for name, how in _HOW.items()},
    "mutate in breadth": _BREADTH,
}
"""The operators by name; each is drawn with the same chance."""

EQUALITY_CRITERIA = (
    "The answer is an instruction that asks for more than the input does: a further condition or requirement, "
    "or more depth or breadth of what is asked. An instruction that asks for the same in other words fails."
)
"""The paper's first elimination rule (no information gained) as criteria for ``EvolveConfig.judge``."""


def evol_instruct_method() -> Method:
    """Return all operators as one method."""
    shown = "\n\n".join(f"[{name}]\n{text}" for name, text in OPERATORS.items())
    return Method(FIRST_ID, shown, operators=tuple(OPERATORS.values()))


def rules_for(method: str) -> Mapping[str, FailureRule]:
    """Return the rules for what ``method`` made: a new instruction need not keep the old one's facts."""
    return without("lost-facts") if method == _BREADTH else RULES
