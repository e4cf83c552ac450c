"""Embedders: by wording without a network, and through an OpenAI-compatible server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_records import prompt

from optimizer.errors import (
    ConfigError,
    ModelNotFound,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelUnreachable,
)
from storage.embeddings import HashEmbedder, OpenAIEmbedder, embedder_from_env
from storage.store import Store
from storage.visibility import Viewer

PARAPHRASES = [
    [
        "Decide whether this support ticket is about billing, shipping or a technical fault.",
        "You are a helpdesk agent. Sort each customer ticket into: billing, technical, shipping.",
        "Classify the customer's support message as a billing, shipping or technical problem.",
    ],
    [
        "Is this user request risky for the company? Answer safe or risky.",
        "Flag requests to the assistant that are a security risk; answer risky or safe.",
        "Judge if a request would leak data or break policy: risky or safe.",
    ],
    [
        "Translate the English sentence into French.",
        "You are a translator. Give the French translation of the sentence.",
        "Render the following English text in natural French.",
    ],
    [
        "Extract invoice number, date and total amount as JSON.",
        "Return JSON with the fields invoice_number, date, total from the invoice.",
        "Read the invoice and output its number, its date and the total as a JSON object.",
    ],
    [
        "Rate the sentiment of the product review: positive, neutral, negative.",
        "What is the sentiment of this review of a product? positive, negative or neutral",
        "Classify reviews of products by sentiment.",
    ],
]


def test_wording_tells_paraphrases_from_other_tasks():
    task_of = [task for task, texts in enumerate(PARAPHRASES) for _ in texts]
    vectors = HashEmbedder().embed([text for texts in PARAPHRASES for text in texts])
    near = vectors @ vectors.T
    pairs = list(combinations(range(len(task_of)), 2))
    same = [near[pair] for pair in pairs if task_of[pair[0]] == task_of[pair[1]]]
    other = [near[pair] for pair in pairs if task_of[pair[0]] != task_of[pair[1]]]
    assert np.mean([a > b for a in same for b in other]) > 0.95
    assert max(other) < HashEmbedder.related


FIRST_PLACES = [0, 8, 30, 32, 59]
FIRST_VALUE = -0.0312166


def test_vectors_of_this_version_never_change():
    """Stored vectors are compared with new ones: a change of the method needs a new ``id``."""
    vector = HashEmbedder().embed(["Sort the ticket into billing or shipping."])[0]
    assert HashEmbedder().id == "hash-1"
    assert np.flatnonzero(vector)[:5].tolist() == FIRST_PLACES
    assert float(vector[FIRST_PLACES[0]]) == pytest.approx(FIRST_VALUE, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec=None), max_size=200), max_size=4))
def test_every_text_has_a_vector_of_length_one(texts: list[str]):
    embedder = HashEmbedder(64)
    vectors = embedder.embed(texts)
    assert vectors.shape == (len(texts), 64)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, embedder.embed(texts))


class EmbeddingServer(ThreadingHTTPServer):
    """Answers ``/v1/embeddings`` with two numbers made from each text, or with ``status``."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), EmbeddingHandler)
        self.asked: list[dict] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class EmbeddingHandler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
        rows = [[3.0, 4.0] if "ticket" in text else [4.0, -3.0] for text in body["input"]]
        data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
        answer = {
            "object": "list",
            "data": data,
            "model": body["model"],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        if self.server.status != 200:
            answer = {"error": {"message": "the key sk-123 is bad", "type": "x"}}
        payload = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    running = EmbeddingServer()
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def test_openai_embeddings_go_through_langchain_as_plain_strings(server: EmbeddingServer):
    embedder = OpenAIEmbedder("some-model", api_key="k-1", base_url=server.url)
    assert embedder.dimensions == 2
    vectors = embedder.embed(["a ticket", "", "x" * 50_000, "half \ud83d"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert vectors[0] == pytest.approx([0.6, 0.8])
    last = server.asked[-1]
    assert last["path"] == "/v1/embeddings"
    assert last["key"] == "Bearer k-1"
    assert last["model"] == "some-model"
    assert [len(text) for text in last["input"]] == [8, 1, 20_000, 6]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ModelRefusedKey), (403, ModelRefusedKey), (404, ModelNotFound), (400, ModelRejectedRequest)],
)
def test_a_refusal_is_said_in_plain_words_and_without_the_servers(
    server: EmbeddingServer, status: int, kind: type
):
    server.status = status
    with pytest.raises(kind) as caught:
        OpenAIEmbedder("some-model", api_key="sk-123", base_url=server.url).embed(["a"])
    assert "sk-123" not in str(caught.value)


def test_a_server_that_is_away_is_said_to_be_and_left_alone_for_a_while():
    now = [100.0]
    embedder = OpenAIEmbedder(
        "m", api_key="k", base_url="http://127.0.0.1:1/v1", timeout=2, clock=lambda: now[0]
    )
    with pytest.raises(ModelUnreachable, match="PROMPTBEAM_EMBEDDER=hash"):
        embedder.embed(["a"])
    with pytest.raises(ModelUnreachable, match="a moment ago"):
        embedder.embed(["a"])
    now[0] += embedder.rest
    with pytest.raises(ModelUnreachable, match="PROMPTBEAM_EMBEDDER=hash"):
        embedder.embed(["a"])


def test_a_prompt_is_safe_while_the_embedder_is_away_and_indexed_later(
    tmp_path: Path, server: EmbeddingServer
):
    bob = Viewer("bob", "T1")
    with Store(tmp_path, OpenAIEmbedder("m", api_key="k", base_url=server.url)) as store:
        server.status = 400
        assert store.prompts.add(prompt("a", "Sort the ticket."))
        found = store.prompts.search("ticket", bob)
        assert [(one.record.id, one.similarity) for one in found] == [("a", 0.0)]
        server.status = 200
        store.prompts.add(prompt("b", "Translate."))
        best = store.prompts.similar("another ticket", bob)[0]
        assert (best.record.id, best.similarity) == ("a", pytest.approx(1.0))
        assert "in meaning" in best.why or "the same" in best.why


def test_the_setting_names_the_embedder():
    assert isinstance(embedder_from_env({}), HashEmbedder)
    assert isinstance(embedder_from_env({"OPENAI_API_KEY": "k"}), HashEmbedder)
    openai = embedder_from_env({"PROMPTBEAM_EMBEDDER": " OpenAI ", "OPENAI_API_KEY": "k"})
    assert (openai.id, openai.dimensions) == ("openai-text-embedding-3-small", 1536)
    elsewhere = embedder_from_env(
        {"PROMPTBEAM_EMBEDDER": "openai", "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://x/v1"}
    )
    assert elsewhere.id != openai.id
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        embedder_from_env({"PROMPTBEAM_EMBEDDER": "openai"})
    with pytest.raises(ConfigError, match="hash or openai"):
        embedder_from_env({"PROMPTBEAM_EMBEDDER": "magic"})
    with pytest.raises(ConfigError, match="16 or more"):
        HashEmbedder(4)
