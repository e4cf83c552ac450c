"""Uploads of the app that were begun with a URL and are not completed yet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sandbox.workspace.errors import ApiError


@dataclass(slots=True)
class UploadSlot:
    """An announced file; `data` is None until its bytes came."""

    file_id: str
    name: str
    length: int
    snippet_type: str | None = None
    data: bytes | None = None


class UploadSlots:
    """The begun uploads, by the secret part of their URL and by file id."""

    def __init__(self) -> None:
        self._by_key: dict[str, UploadSlot] = {}
        self._by_file: dict[str, UploadSlot] = {}

    def begin(self, slot: UploadSlot) -> str:
        """Remember an announced file and give the secret part of its upload URL."""
        key = secrets.token_urlsafe(24)
        self._by_key[key] = slot
        self._by_file[slot.file_id] = slot
        return key

    def receive(self, key: str, data: bytes) -> None:
        """Take the bytes. Raises ApiError file_not_found, or invalid_length if they are not as many as said."""
        slot = self._by_key.get(key)
        if slot is None:
            raise ApiError("file_not_found")
        if len(data) != slot.length:
            raise ApiError("invalid_length")
        slot.data = data

    def finish(self, file_id: str) -> UploadSlot:
        """Take a fully received file out. Raises ApiError file_not_found."""
        slot = self._by_file.get(file_id)
        if slot is None or slot.data is None:
            raise ApiError("file_not_found")
        del self._by_file[file_id]
        self._by_key = {key: one for key, one in self._by_key.items() if one is not slot}
        return slot
