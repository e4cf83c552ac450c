"""What the command line calls the things that ways out lead through."""

from __future__ import annotations

from optimizer.ways_out import Knob, Words

CLI_WORDS: Words = {
    Knob.INSTRUCTION_FIELD: "with --field",
    Knob.KEEP_BAD_ROWS: "with --bad-rows skip",
    Knob.FIRST_METHOD_ONLY: "--steps 0",
    Knob.GO_ON: "go on with --resume",
    Knob.CALL_BUDGET: "with --budget-calls",
    Knob.JUDGED: "let a model judge the answers with --metric judge",
    Knob.PAST_PROMPTS: "with promptbeam prompts",
}
