"""Which job a request asks for, and the answer to it: a pure function of request and server seed."""

from __future__ import annotations

import json
import re

from sandbox.model.chat_format import ChatRequest, Choice
from sandbox.model.faults import chance

_JOB = re.compile(r"Job: (critique|edit|paraphrase|summarise)\s*$")
_BLOCK = re.compile(r"^<(\w+)>$\n(.*?)^</\1>$", re.MULTILINE | re.DOTALL)


def kind_of(request: ChatRequest) -> str:
    """Return ``critique``, ``edit``, ``paraphrase`` or ``summarise``; any other request is a ``task``."""
    first = request.messages[0]
    if first.role == "system":
        match = _JOB.match(first.content.split("\n", 1)[0])
        if match:
            return match[1]
    return "task"


def answer_chat(request: ChatRequest, sample: int, server_seed: int) -> Choice:
    """Return one answer. At temperature 0 the request's seed and the sample number play no part."""
    kind = kind_of(request)
    text = request.messages[-1].content
    draw = (server_seed, request.seed, sample) if request.temperature > 0 else (server_seed,)
    if kind == "task":
        labels = re.search(r"(?:labels?|teams?|answers?)(?: are)?: *(.+)", text, re.IGNORECASE)
        choices = re.split(r",\s*|\s+or\s+", labels[1].strip(" .")) if labels else ["yes", "no"]
        return Choice(choices[int(chance(text, *draw) * len(choices))])
    prompt = dict(_BLOCK.findall(text)).get("prompt", "").strip()
    marker = f"Guideline {int(chance(text, *draw) * 1000)}."
    if kind == "critique":
        return Choice(json.dumps({"reasons": [f"The prompt gives no hint ({marker})"]}))
    if kind == "summarise":
        return Choice(json.dumps({"summary": "The prompt gives too few hints."}))
    return Choice(json.dumps({"prompts": [f"{marker}\n{prompt}"]}))
