"""How errors speak to people in a thread: what the forms call things, and what only an operator can do."""

from __future__ import annotations

from optimizer.errors import PromptbeamError
from optimizer.ways_out import Knob, Words

SERVICE_WORDS: Words = {
    Knob.INSTRUCTION_FIELD: "in the form (“Column with the instruction”)",
    Knob.KEEP_BAD_ROWS: "(“Rows that cannot be used” in the form)",
    Knob.FIRST_METHOD_ONLY: "choose “None” as the search for a better method",
    Knob.GO_ON: "press Try again",
    Knob.CALL_BUDGET: "(whoever runs me here sets how many a run may make)",
    Knob.JUDGED: "let a model judge the answers (“What counts as right” in the form)",
    Knob.PAST_PROMPTS: "among the past prompts",
}


def way_out(error: PromptbeamError) -> str:
    """Return what to do about an error, and who can do it."""
    fix = error.fix_in(SERVICE_WORDS)
    return f"For whoever runs me here: {fix}" if fix and error.for_operator else fix


def in_words(error: PromptbeamError) -> str:
    """Say what is wrong and the way out."""
    return f"{error.message} {way_out(error)}".strip()
