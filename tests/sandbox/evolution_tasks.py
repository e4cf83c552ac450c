"""What the tests of the simulated evolution share: instructions of many kinds, methods, and counted failures."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from optimizer.evolution.cases import EvolutionCase, Failure
from optimizer.evolution.failures import early_failure, find_failure
from sandbox.model.answers import answer_chat
from sandbox.model.chat_format import ChatMessage, ChatRequest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

Row = tuple[str, str]
"""An instruction and its context, which may be empty."""

_ENGLISH = (
    ("Write a short speech about {thing} for the village fair.", ""),
    (
        "A shop sells {thing} for {a} dollars each and buys {b} of them for {c} dollars. How much does it earn?",
        "",
    ),
    ("Explain to a child why {thing} matter.", ""),
    ("Sort the following notes by importance.", "- order {a} {thing}\n- call room {b}\n- pay {c} dollars"),
    ("Give three tips for choosing {thing}.", ""),
    (
        "Summarise the text in one sentence.",
        "In {a} years the town sold {b} {thing}, though only {c} were made there.",
    ),
)
_GERMAN = (
    ("Schreibe eine kurze Rede über {thing} für das Dorffest.", ""),
    ("Erkläre einem Kind, warum {thing} wichtig sind und wie man sie pflegt.", ""),
    ("Ein Laden verkauft {a} {thing} für je {b} Euro und zahlt {c} Euro Miete. Wie viel bleibt übrig?", ""),
)
_THINGS = (
    "lanterns", "bicycles", "carrots", "violins", "tents", "kettles", "ladders", "rowing boats", "puppets", "barrels",
    "clocks", "sandals", "beehives", "mirrors", "saddles", "candles", "baskets", "kites", "hammers", "rugs",
    "ovens", "canoes", "drums", "umbrellas", "pillows", "anvils", "telescopes", "wheelbarrows", "shovels", "vases",
)  # fmt: skip
_DINGE = (
    "Laternen",
    "Fahrräder",
    "Karotten",
    "Geigen",
    "Zelte",
    "Kessel",
    "Leitern",
    "Boote",
    "Puppen",
    "Fässer",
)


def english() -> list[Row]:
    return _filled(_ENGLISH, _THINGS)


def german() -> list[Row]:
    return _filled(_GERMAN, [f"{one} und {two}" for one in _DINGE for two in _DINGE[:5] if one != two])


def alpaca() -> list[Row]:
    """The 175 Alpaca seed tasks; needs ../shared/data."""
    rows = _lines("alpaca/seed_tasks.jsonl")
    return [(row["instruction"], row["instances"][0]["input"]) for row in rows]


def gsm8k() -> list[Row]:
    """500 GSM8K questions; needs ../shared/data."""
    return [(row["question"], "") for row in _lines("gsm8k/train-500.jsonl")]


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _filled(frames: Sequence[Row], things: Sequence[str]) -> list[Row]:
    rows = []
    for number, thing in enumerate(things):
        for place, frame in enumerate(frames):
            values = {
                "thing": thing,
                "a": 13 + number * 7 + place,
                "b": 210 + number,
                "c": 1_045 + 3 * number,
            }
            rows.append((frame[0].format(**values), frame[1].format(**values)))
    return rows


BARE = "Make the instruction harder."
STEPS = """Step 1: Name several ways to make the instruction more demanding.
Step 2: Plan how to combine two of them.
Step 3: Rewrite the instruction by that plan; add 10 to 20 words.
Step 4: Review the result for what is unreasonable."""
GUIDED = (
    STEPS.replace(
        "add 10 to 20 words.", "add 10 to 20 words. Keep all numbers, names and data that are given."
    )
    + " It stands alone, it says exactly what is wanted, and it is still a task. Never return the original unchanged,"
    " never mention the method, and keep the same language."
)


def chat(
    system: str, text: str, *, temperature: float = 0.0, seed: int | None = None, server_seed: int = 0
) -> str:
    """Ask the simulated model in this process; over HTTP it answers the same."""
    messages = (ChatMessage("system", system),) if system else ()
    messages += (ChatMessage("user", text),)
    return answer_chat(
        ChatRequest("simulated", messages, temperature, seed, None, 1, ""), 0, server_seed
    ).text


def evolve_text(method: str, row: Row, *, failed: str = "") -> str:
    blocks = {"method": method, "instruction": row[0], "context": row[1], "failed": failed}
    return "\n\n".join(f"<{tag}>\n{text}\n</{tag}>" for tag, text in blocks.items() if text)


def evolved_of(reply: str) -> str:
    found = re.search(r"<evolved>\n(.*)\n</evolved>\Z", reply, re.DOTALL)
    return found[1] if found else ""


def tried(method: str, row: Row, *, failed: str = "") -> tuple[EvolutionCase, Failure | None]:
    """Evolve one row and answer it, as a run does: no answer when a rule speaks against it before."""
    evolved = evolved_of(chat("Job: evolve\nDo it.", evolve_text(method, row, failed=failed)))
    original = "\n\n".join(part for part in row if part)
    case = EvolutionCase(original, evolved, method)
    if failure := early_failure(case):
        return case, failure
    case = EvolutionCase(original, evolved, method, chat("", evolved))
    return case, find_failure(case)


def failures(method: str, rows: Sequence[Row], *, failed: str = "") -> Counter[str]:
    """Count the failures by rule."""
    return Counter(failure.rule for row in rows if (failure := tried(method, row, failed=failed)[1]))


def trajectory(number: int, case: EvolutionCase, failure: Failure | None = None) -> str:
    line: dict[str, object] = {"case": number, "stages": [case.original, case.evolved]}
    if case.response:
        line["response"] = case.response
    if failure:
        line["failure"] = f"{failure.rule}: {failure.reason}"
    return json.dumps(line)


def asked(kind: str, *, seed: int = 0, **blocks: str) -> dict[str, list]:
    """Ask an optimizer job at a temperature and read the JSON of its reply."""
    text = "\n\n".join(f"<{tag}>\n{content}\n</{tag}>" for tag, content in blocks.items())
    reply = chat(f"Job: {kind}\nDo it.", text, temperature=0.6, seed=seed)
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    assert found, reply
    return json.loads(found[0])
