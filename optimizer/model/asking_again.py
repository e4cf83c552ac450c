"""Asking for an answer in a given form, and once more when the reply is in another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from optimizer.errors import ModelRejectedRequest
from optimizer.model.ledger import Ledger
from optimizer.model.protocol import Message, Model, ModelRequest

T = TypeVar("T")
_SHOWN_REPLY = 2_000


async def answer_read(
    model: Model,
    request: ModelRequest,
    read: Callable[[str], T | None],
    form: str,
    ledger: Ledger | None = None,
) -> T | None:
    """Return what ``read`` finds in the reply, asking once more for ``form`` when it finds nothing (None).

    None also when the provider rejects the request. ``ledger`` counts both troubles; a judge's are
    counted with the answer that it could not judge.
    """
    try:
        reply = (await model.answer(request)).text
        found = read(reply)
        if found is None:
            if ledger:
                ledger.trouble("unreadable reply")
            found = read((await model.answer(_asked_again(request, reply, form))).text)
    except ModelRejectedRequest:
        if ledger:
            ledger.trouble("rejected request")
        return None
    return found


def _asked_again(request: ModelRequest, reply: str, form: str) -> ModelRequest:
    """Return ``request`` with the reply it got and a remark."""
    remark = f"That was not the JSON object asked for. Reply again with only {form}."
    return replace(
        request,
        messages=(
            *request.messages,
            Message("assistant", reply[:_SHOWN_REPLY] or "(empty)"),
            Message("user", remark),
        ),
        position=f"{request.position}/again",
    )
