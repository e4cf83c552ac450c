"""Where the command line keeps its data, and opening the store there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


def data_folder(env: Mapping[str, str]) -> Path:
    """Return the folder for database and search index: ``PROMPTBEAM_DATA``, else ``.promptbeam`` here."""
    return Path(env.get("PROMPTBEAM_DATA", "").strip() or ".promptbeam")


def open_store(env: Mapping[str, str]) -> Store:
    """Open the store in the data folder with the embedder that the environment names.

    Raises:
        StorageError: the folder cannot be used.
        ConfigError: the embedder is unknown or lacks its key; CHROMA_URL is not an address.
    """
    from storage.embeddings import embedder_from_env
    from storage.store import Store

    chroma_url = env.get("CHROMA_URL", "").strip()
    return Store(data_folder(env), embedder_from_env(env), chroma_url=chroma_url)
