"""Embedders: texts to unit vectors, by their wording (nothing to download) or through OpenAI."""

from __future__ import annotations

import hashlib
import math
import re
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

from optimizer.errors import ConfigError, ModelTimeout, ModelUnreachable
from storage.plain_words import PLAIN_WORDS, PROMPT_WORDS

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[numpy.float32]

Sense = Literal["wording", "meaning"]


class Embedder(Protocol):
    """Turns texts into vectors of length one.

    ``id`` names the method and everything that changes its vectors; with ``dimensions`` it decides
    which stored vectors may be compared. ``related`` is the cosine from which two texts are worth
    showing together; ``sense`` says honestly what nearness means.
    """

    id: str
    sense: Sense
    related: float

    @property
    def dimensions(self) -> int:
        """Return the length of every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text. Raises ``ModelError`` when a server is needed and does not answer."""
        ...


class HashEmbedder:
    """Compares wording: hashed words, word pairs and pieces of words, without any model or network.

    Common words and those that nearly every prompt has weigh little. Texts that say the same in
    other words are not found; the word search beside it does not find them either.
    """

    sense: Sense = "wording"
    related: float = 0.2

    def __init__(self, dimensions: int = 1024) -> None:
        if dimensions < 16:
            raise ConfigError(f"{dimensions} dimensions are too few to tell texts apart.", "Use 16 or more.")
        self.id = "hash-1"
        self._dimensions = dimensions

    @property
    def dimensions(self) -> int:
        """Return the length of every vector."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text."""
        import numpy as np

        rows = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            weights = _features(text)
            if not weights:
                row[0] = 1.0
                continue
            hashes = np.fromiter((zlib.crc32(name) for name in weights), np.uint64, len(weights))
            mixed = (hashes * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
            signs = np.where(mixed & np.uint64(1), 1.0, -1.0)
            places = ((mixed >> np.uint64(1)) % np.uint64(self._dimensions)).astype(np.int64)
            values = np.fromiter(weights.values(), np.float64, len(weights))
            row += np.bincount(places, signs * values, self._dimensions).astype(np.float32)
            length = float(np.linalg.norm(row))
            if length > 0:
                row /= length
            else:
                row[0] = 1.0
        return rows


_WORD = re.compile(r"[^\W_]+")


def _features(text: str) -> dict[bytes, float]:
    """Return the weight of each feature: damped count times how much its kind tells."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    counts: Counter[tuple[str, float]] = Counter()
    for word in words:
        weight = _word_weight(word)
        counts[f"w {word}", weight] += 1
        padded = f"<{word}>"
        for size in (3, 4):
            for start in range(len(padded) - size + 1):
                counts[f"c {padded[start : start + size]}", weight * 0.35] += 1
    for first, second in pairwise(words):
        weight = min(_word_weight(first), _word_weight(second))
        counts[f"p {first} {second}", weight * 0.5] += 1
    features: dict[bytes, float] = {}
    for (name, weight), count in counts.items():
        key = name.encode("utf-8", "replace")
        features[key] = features.get(key, 0.0) + weight * (1 + math.log(count))
    return features


def _word_weight(word: str) -> float:
    if word in PLAIN_WORDS:
        return 0.1
    return 0.3 if word in PROMPT_WORDS else 1.0


class OpenAIEmbedder:
    """Compares meaning, through ``langchain_openai.OpenAIEmbeddings`` and any OpenAI-compatible server.

    Texts beyond ``longest`` characters are cut (the models take about 8,000 tokens). People wait for
    the answer, so one retry has to do, and a server that was away is not asked again for ``rest`` seconds.
    """

    sense: Sense = "meaning"
    related: float = 0.35
    longest: ClassVar[int] = 20_000
    rest: ClassVar[float] = 30.0
    known_dimensions: ClassVar[Mapping[str, int]] = {
        "text-embedding-3-small": 1536,
        "text-embedding-3-large": 3072,
        "text-embedding-ada-002": 1536,
    }

    def __init__(
        self,
        model: str = "text-embedding-3-small",
        *,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = f"openai-{re.sub(r'[^A-Za-z0-9]+', '-', model).strip('-')}"
        if base_url:
            self.id += f"-{hashlib.sha256(base_url.rstrip('/').encode()).hexdigest()[:8]}"
        self._model = model
        self._api_key = api_key
        self._base_url = base_url
        self._timeout = timeout
        self._clock = clock
        self._away_until = -math.inf
        self._client: Any = None
        self._dimensions = None if base_url else self.known_dimensions.get(model)

    @property
    def dimensions(self) -> int:
        """Return the length of every vector; asks the server once when the model is not a known one."""
        if self._dimensions is None:
            self._dimensions = self.embed(["dimensions"]).shape[1]
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text.

        Raises:
            ModelError: the server cannot be reached, refused the key or the request.
        """
        import numpy as np

        from storage.embedding_errors import model_errors

        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        cut = [text[: self.longest].encode("utf-8", "replace").decode() or " " for text in texts]
        if self._clock() < self._away_until:
            raise ModelUnreachable(
                f"The embedding model {self._model} was away a moment ago.", "Try again soon."
            )
        try:
            with model_errors(self._model):
                rows = np.asarray(self._connected().embed_documents(cut), dtype=np.float32)
        except (ModelUnreachable, ModelTimeout):
            self._away_until = self._clock() + self.rest
            raise
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def _connected(self) -> Any:
        if self._client is None:
            from langchain_openai import OpenAIEmbeddings
            from pydantic import SecretStr

            # Without the length check plain strings are sent; with it, a tokenizer would be downloaded.
            self._client = OpenAIEmbeddings(
                model=self._model,
                api_key=SecretStr(self._api_key),
                base_url=self._base_url,
                check_embedding_ctx_length=False,
                timeout=self._timeout,
                max_retries=1,
                chunk_size=100,
            )
        return self._client


def embedder_from_env(env: Mapping[str, str]) -> Embedder:
    """Return the embedder that ``PROMPTBEAM_EMBEDDER`` names: ``hash`` (the default) or ``openai``.

    For ``openai``: ``OPENAI_API_KEY``, ``OPENAI_BASE_URL``, ``PROMPTBEAM_EMBEDDING_MODEL``.

    Raises:
        ConfigError: another name, or no key.
    """
    name = env.get("PROMPTBEAM_EMBEDDER", "").strip().lower() or "hash"
    if name == "hash":
        return HashEmbedder()
    if name != "openai":
        raise ConfigError(f"PROMPTBEAM_EMBEDDER is {name!r}.", "Set it to hash or openai.")
    key = env.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise ConfigError(
            "PROMPTBEAM_EMBEDDER is openai, but OPENAI_API_KEY is not set.", "Set the key, or use hash."
        )
    model = env.get("PROMPTBEAM_EMBEDDING_MODEL", "").strip() or "text-embedding-3-small"
    return OpenAIEmbedder(model, api_key=key, base_url=env.get("OPENAI_BASE_URL", "").strip() or None)
