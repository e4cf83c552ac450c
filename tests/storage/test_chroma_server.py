"""The index on a real Chroma server: shared by nobody, rebuilt when it is lost, done without when it is away."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from storage_records import prompt

from optimizer.errors import ConfigError
from storage.store import Store
from storage.visibility import Viewer

OWNER = Viewer("", "", everything=True)
BOB = Viewer("bob", "T1")


class ChromaServer:
    """``chroma run`` on a free port; may be killed and started again there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, data: str) -> None:
        chroma = Path(sys.executable).with_name("chroma")
        command = [chroma, "run", "--path", str(self._folder / data), "--host", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*map(str, command), "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the Chroma server did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    made = ChromaServer(tmp_path_factory.mktemp("chroma-server"))
    made.start("first")
    yield made
    made.kill()


def fill(store: Store, kinds: str) -> None:
    for name in kinds.split():
        store.prompts.add(prompt(name, f"Sort the {name} reports by topic."))


def test_stores_on_one_server_do_not_see_each_other(server: ChromaServer, tmp_path: Path):
    with (
        Store(tmp_path / "a", chroma_url=server.url) as one,
        Store(tmp_path / "b", chroma_url=server.url) as other,
    ):
        fill(one, "walrus heron")
        fill(other, "octopus")
        for store, names in ((one, {"walrus", "heron"}), (other, {"octopus"})):
            assert {hit.record.id for hit in store.prompts.search("sort reports", OWNER)} == names
            assert {hit.record.id for hit in store.prompts.search("sort reports", BOB)} == names
            assert store.prompts._index.uses_chroma
            assert store.prompts._index._collection.count() == len(names)


def test_the_next_process_finds_the_index_and_takes_in_what_is_new(server: ChromaServer, tmp_path: Path):
    with Store(tmp_path, chroma_url=server.url) as store:
        fill(store, "walrus heron")
        name = store.prompts._index._collection.id
    with Store(tmp_path, chroma_url=server.url) as store:
        fill(store, "octopus")
        assert store.prompts._index._collection.id == name
        assert store.prompts._index._collection.count() == 3
        assert store.prompts.reindex() == 3
        assert store.prompts._index._collection.id != name
    assert not (tmp_path / "chroma").exists()


def test_a_writer_that_died_leaves_no_seal_and_the_index_is_built_anew(server: ChromaServer, tmp_path: Path):
    with Store(tmp_path, chroma_url=server.url) as store:
        fill(store, "walrus heron")
        store.prompts._index._collection.delete(ids=["1"])
        name = store.prompts._index._collection.id
    (tmp_path / "chroma-server.seal").unlink()
    with Store(tmp_path, chroma_url=server.url) as store:
        assert store.prompts.search("walrus", OWNER)[0].record.id == "walrus"
        assert store.prompts._index._collection.id != name
        assert store.prompts._index._collection.count() == 2


def test_a_server_that_dies_and_loses_all_costs_no_answer(tmp_path: Path):
    server = ChromaServer(tmp_path)
    server.start("first")
    now = [0.0]
    try:
        with Store(tmp_path / "home", chroma_url=server.url) as store:
            store.prompts._index._clock = lambda: now[0]
            fill(store, "walrus heron")
            server.kill()
            for viewer in (OWNER, BOB, OWNER):
                assert store.prompts.search("walrus", viewer)[0].record.id == "walrus"
            fill(store, "octopus")
            assert not store.prompts._index.uses_chroma
            server.start("second")
            now[0] = 60.0
            assert store.prompts.search("octopus", OWNER)[0].record.id == "octopus"
            assert store.prompts._index.uses_chroma
            assert store.prompts._index._collection.count() == 3
    finally:
        server.kill()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "http://x:port"])
def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path):
    with pytest.raises(ConfigError, match="CHROMA_URL"):
        Store(tmp_path, chroma_url=url)
