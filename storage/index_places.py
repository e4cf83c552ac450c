"""Where the Chroma index lives: in files of this process, or on a Chroma server."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from optimizer.errors import ConfigError
from storage.index_seal import Seal, SealFile

_SPACE = {"hnsw": {"space": "cosine"}}


class IndexPlace(Protocol):
    """One place for one index. Opening and making may raise whatever chromadb raises."""

    seal: SealFile

    def make(self, space: str, identity: str) -> tuple[Any, str]:
        """Delete what is there, unopened; return a new, empty collection and its name for the seal."""
        ...

    def open(self, seal: Seal) -> Any:
        """Return the collection that was sealed."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class FolderPlace:
    """Files below ``folder``, opened by chromadb in this process.

    A damaged index can crash the process that opens it, so a new one gets a directory of its own
    and the old ones are deleted unopened.
    """

    def __init__(self, folder: Path) -> None:
        self._root = folder / "chroma"
        self.seal = SealFile(folder / "chroma.seal", self._root)
        self._client: Any = None

    def make(self, space: str, identity: str) -> tuple[Any, str]:
        """Make a collection in a new directory and delete all others."""
        self.close()
        if self._root.is_file():
            self._root.unlink()
        shutil.rmtree(self._root, ignore_errors=True)
        self._root.mkdir(mode=0o700, exist_ok=True)
        directory = uuid.uuid4().hex
        return self._connect(directory, space), directory

    def open(self, seal: Seal) -> Any:
        """Open the collection in the sealed directory."""
        return self._connect(seal.directory, seal.space)

    def close(self) -> None:
        """Close the files."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self, directory: str, space: str) -> Any:
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(
            path=str(self._root / directory), settings=Settings(anonymized_telemetry=False)
        )
        return self._client.get_or_create_collection(
            f"prompts-{space}", embedding_function=None, configuration=_SPACE
        )


class ServerPlace:
    """A collection on the Chroma server at ``url``, under a name that no other store has.

    The server looks after its files; the seal here tells whether our writing was complete.

    Raises:
        ConfigError: ``url`` is not an address.
    """

    def __init__(self, folder: Path, url: str) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 8000)
        except ValueError:
            port = 0
        if parts.scheme not in ("http", "https") or not parts.hostname or not port:
            raise ConfigError(
                f"CHROMA_URL is {url!r}.", "Give an address like http://localhost:8000, or leave it out."
            )
        self._host, self._port, self._ssl = parts.hostname, port, parts.scheme == "https"
        self.seal = SealFile(folder / "chroma-server.seal", None)
        self._client: Any = None

    def make(self, space: str, identity: str) -> tuple[Any, str]:
        """Delete this store's collections and make a new one."""
        client = self._connected()
        for collection in client.list_collections():
            if collection.name.startswith(f"prompts-{identity}-"):
                client.delete_collection(collection.name)
        name = f"prompts-{identity}-{space}"
        return client.create_collection(name, embedding_function=None, configuration=_SPACE), name

    def open(self, seal: Seal) -> Any:
        """Return the sealed collection."""
        return self._connected().get_collection(seal.directory, embedding_function=None)

    def close(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        if self._client is None:
            self._client = chromadb.HttpClient(
                host=self._host,
                port=self._port,
                ssl=self._ssl,
                settings=Settings(anonymized_telemetry=False),
            )
        return self._client
