"""The content key of a model call: equal keys mean the same answer may serve."""

from __future__ import annotations

import hashlib
import json

from optimizer.model.protocol import ModelRequest


def content_key(model: str, scope: str | None, request: ModelRequest, run_id: str) -> str:
    """Return the key under which the journal remembers the answer to ``request``.

    Everything that changes the answer is in it; ``scope`` is the server's address or a name for it.
    At temperature 0 equal calls share an answer across runs; a sampled call belongs to its run and
    to its position there. The order in which concurrent calls finish is not in it, so a resumed run
    finds its answers in whatever order they were paid.
    """
    sampled = request.temperature > 0
    content = [
        1,
        model,
        scope,
        [[message.role, message.content] for message in request.messages],
        request.temperature,
        request.max_tokens,
        [run_id, request.position, request.seed] if sampled else None,
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
