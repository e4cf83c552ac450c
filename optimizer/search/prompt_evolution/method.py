"""The evolving method: what every rewrite is told to do, and the emphasis that one rewrite is given."""

from __future__ import annotations

from collections.abc import Mapping

STEPS = """Work in four steps, and keep the first two to yourself:
1. List what would make this prompt stronger: rules that the analysis calls for, edge cases that it leaves
   open, limits that are missing, steps of the workflow that are unclear, and an output contract that leaves
   no doubt about the form of the answer.
2. Plan: choose few of these, the ones that mend most of the wrong cases without breaking others, and name
   the section that each belongs to. Heed the emphasis, if one is given.
3. Rewrite the whole prompt by the plan. Say things so that they hold for new inputs as well.
4. Review your rewrite against the parts that must stay, take back what contradicts or repeats something, and
   only then hand it in."""

EMPHASES: Mapping[str, str] = {
    "deepen": "Make the rules that the analysis asks for concrete, in the sections where a reader looks for them.",
    "edges": "Name the edge cases that the wrong cases show, and say what to do in each.",
    "contract": "State exactly what the answer has to look like, what it must hold, and what it must never hold.",
    "order": "Make the workflow lead to the answer: which signs to look at first, and how to decide between them.",
    "sharpen": "Cut what is vague, doubled or contradictory, and say the rest in fewer and firmer words.",
}
"""Name -> the sentence that a rewrite is given; which one is learned from what gained (``OperationPolicy``)."""
