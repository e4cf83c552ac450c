"""Which job a request asks for, and the answer to it: a pure function of request and server seed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sandbox.model.chat_format import ChatRequest, Choice
from sandbox.model.critique import find_reasons
from sandbox.model.dice import Dice
from sandbox.model.editing import write_edits
from sandbox.model.evolving.analysing import find_failed
from sandbox.model.evolving.answering import answer_evolved, answer_flawed, flaw_of, is_evolved
from sandbox.model.evolving.evolve import write_evolution
from sandbox.model.evolving.method_writing import write_methods
from sandbox.model.job_request import blocks_of, read_job
from sandbox.model.judging import compare_case, judge_case
from sandbox.model.prompt_evolving import evolve_prompt
from sandbox.model.rewording import write_paraphrases
from sandbox.model.summary import write_summary
from sandbox.model.task_answers import answer_task

_JOB = re.compile(
    r"Job: (critique|edit|paraphrase|summarise|judge|compare|evolve|analyse|improve-method|evolve-prompt)\s*$"
)


def kind_of(request: ChatRequest) -> str:
    """Return the job that the first system line names; any other request is a ``task``."""
    first = request.messages[0]
    if first.role in ("system", "developer"):
        match = _JOB.match(first.content.split("\n", 1)[0])
        if match:
            return match[1]
    return "task"


def answer_chat(request: ChatRequest, sample: int, server_seed: int) -> Choice:
    """Return one answer. At temperature 0 the request's seed and the sample number play no part."""
    kind = kind_of(request)
    draw: tuple[object, ...] = (request.seed, sample) if request.temperature > 0 else ()
    if kind == "task":
        return Choice(_answer_prompt(request, draw, server_seed))
    text = "\n".join(message.content for message in request.messages if message.role == "user")
    if kind == "evolve":
        return Choice(write_evolution(blocks_of(text), draw, server_seed))
    return Choice(_answer_job(kind, text, Dice(kind, server_seed, text, *draw)))


def _answer_prompt(request: ChatRequest, draw: tuple[object, ...], server_seed: int) -> str:
    """Answer an evolved instruction, which comes as the only message, as such; anything else as a task."""
    prompt = "\n\n".join(message.content for message in request.messages if message.role != "assistant")
    if len(request.messages) == 1:
        if flaw := flaw_of(prompt):
            return answer_flawed(flaw, prompt, draw, server_seed)
        if is_evolved(prompt):
            return answer_evolved(prompt, draw, server_seed)
    return answer_task(prompt, heat=request.temperature, draw=draw, server_seed=server_seed)


def _answer_job(kind: str, text: str, dice: Dice) -> str:
    job = read_job(text)
    answer: Mapping[str, object]
    if kind == "judge":
        answer = judge_case(text)
    elif kind == "compare":
        answer = compare_case(text)
    elif kind == "analyse":
        answer = {"failed": find_failed(blocks_of(text), dice)}
    elif kind == "improve-method":
        answer = {"methods": write_methods(blocks_of(text), dice)}
    elif kind == "critique":
        answer = {"reasons": find_reasons(job, dice)}
    elif kind == "edit":
        answer = {"prompts": write_edits(job, dice)}
    elif kind == "evolve-prompt":
        answer = evolve_prompt(text, job, dice)
    elif kind == "paraphrase":
        answer = {"prompts": write_paraphrases(job, dice)}
    else:
        answer = {"summary": write_summary(job)}
    written = json.dumps(answer, ensure_ascii=False, indent=2 if dice.hits(0.5) else None)
    manner = dice.roll()
    if manner < 0.15:
        return f"```json\n{written}\n```"
    if manner < 0.22:
        return f"Here is what I came up with:\n\n{written}"
    return written
