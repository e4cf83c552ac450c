"""Addresses of data that may lie elsewhere: a path here, or what fsspec reaches (``s3://bucket/folder``)."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from optimizer.errors import InputError


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address, safe to store and to show: it holds no credentials.

    ``host`` names the only machine that has what is there, "" for an address that means the same
    everywhere: a plain path is this machine's, ``file:///mnt/share`` is everybody's.
    """

    text: str
    host: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.text.rstrip("/").rpartition("/")[2]

    @property
    def path(self) -> Path | None:
        """The path here, None for an address that is none."""
        return Path(self.text) if self.host and "://" not in self.text else None

    @property
    def folder(self) -> Address:
        """The address of the folder that it lies in."""
        return Address(self.text.rstrip("/").rpartition("/")[0], self.host)

    def below(self, name: str) -> Address:
        """Return the address of ``name`` in this folder."""
        return Address(f"{self.text.rstrip('/')}/{name}", self.host)


def address_of(text: str, field: str) -> Address:
    """Read what a person gave as an address.

    Raises:
        InputError: it holds credentials or a query, or chains several addresses; it is not repeated.
    """
    scheme, separator, _ = text.partition("://")
    if not separator:
        return Address(str(Path(text).resolve()), socket.gethostname())
    parts = urlsplit(text)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError(
            "The address holds a user, a password, a query or a fragment, which would be stored with the run.",
            "Give credentials by the environment (for s3:// AWS_ACCESS_KEY_ID and so on), not in the address.",
            field=field,
        )
    if "::" in text or not scheme.replace("+", "").isalnum():
        raise InputError(
            "The address cannot be read.",
            "Give one like s3://bucket/folder or file:///mnt/folder.",
            field=field,
        )
    return Address(text, socket.gethostname() if scheme == "memory" else "")
