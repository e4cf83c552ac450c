"""Embeddings without a model: words and word pairs hashed into a normalised vector."""

from __future__ import annotations

import base64
import itertools
import math
import re
import struct
import zlib
from typing import Any

from sandbox.model.chat_format import BadRequest, count_tokens

DEFAULT_DIMENSIONS = 256
MAX_INPUTS = 2048

_WORD = re.compile(r"\w+")


def hashed_vector(text: str, dimensions: int) -> list[float]:
    """Return a unit vector; texts that share words point in similar directions."""
    words = _WORD.findall(text.lower())
    vector = [0.0] * dimensions
    for feature, weight in [(word, 1.0) for word in words] + [
        (f"{one} {two}", 0.5) for one, two in itertools.pairwise(words)
    ]:
        bucket = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
        vector[bucket % dimensions] += weight if bucket & 0x8000_0000 else -weight
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0:
        vector[0] = length = 1.0
    return [value / length for value in vector]


def answer_embeddings(data: dict[str, Any]) -> dict[str, Any]:
    """Return the response object for the body of ``POST /v1/embeddings``.

    Raises:
        BadRequest: no input, too many inputs, or a field of the wrong type.
    """
    texts = _texts(data.get("input"))
    dimensions = data.get("dimensions") or DEFAULT_DIMENSIONS
    if not isinstance(dimensions, int) or not 2 <= dimensions <= 8192:
        raise BadRequest("dimensions must be a whole number from 2 to 8192.", "dimensions")
    packed = data.get("encoding_format") == "base64"
    tokens = sum(count_tokens(text) for text in texts)
    return {
        "object": "list",
        "model": f"simulated ({data.get('model') or 'embedding'})",
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": _encoded(hashed_vector(text, dimensions), packed),
            }
            for index, text in enumerate(texts)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _texts(raw: object) -> list[str]:
    """Bring the four accepted shapes of ``input`` to texts; token numbers become words."""
    items: list[object]
    if isinstance(raw, str) or (isinstance(raw, list) and raw and all(isinstance(item, int) for item in raw)):
        items = [raw]
    elif isinstance(raw, list) and 0 < len(raw) <= MAX_INPUTS:
        items = raw
    else:
        raise BadRequest(f"input must be a text or a list of 1 to {MAX_INPUTS} texts.", "input")
    texts = []
    for item in items:
        if isinstance(item, list):
            item = " ".join(str(token) for token in item)
        if not isinstance(item, str) or not item:
            raise BadRequest("Every input must be a text that is not empty.", "input")
        texts.append(item)
    return texts


def _encoded(vector: list[float], packed: bool) -> list[float] | str:
    if not packed:
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
