"""Asking once more when a reply is not in the form that was asked for."""

from __future__ import annotations

from dataclasses import replace

from optimizer.model.protocol import Message, ModelRequest

_SHOWN_REPLY = 2_000


def asked_again(request: ModelRequest, reply: str, form: str) -> ModelRequest:
    """Return ``request`` with the reply it got and a remark; ``form`` is what was asked for."""
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
