"""A folder at an address: files that appear there whole or not at all. The one place that knows fsspec."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import ConfigError, InputError, OutputError
from optimizer.instructions.address import Address
from optimizer.instructions.scratch import NO_ROOM, scratch_folder
from optimizer.ways_out import Fix, Knob

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

logger = logging.getLogger(__name__)

_BLOCK = 1024 * 1024


class Folder:
    """The files directly below ``address``. All methods block; credentials come from the environment.

    Raises (all methods):
        ConfigError: the package that reads such addresses is not installed.
        InputError: nothing can be read there.
        OutputError: nothing can be written there.
    """

    def __init__(self, address: Address) -> None:
        self.address = address

    def size(self, name: str) -> int | None:
        """Return how many bytes the file has, None when it is not there."""
        with self._reading(name):
            self._files.invalidate_cache()
            try:
                return int(self._files.info(self._at(name))["size"])
            except FileNotFoundError:
                return None

    def read(self, name: str) -> bytes | None:
        """Return a small file's content, None when it is not there."""
        with self._reading(name):
            try:
                return bytes(self._files.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    def fetch(self, name: str, path: Path) -> None:
        """Copy the file to ``path`` on this machine; an ``OSError`` says that there is no room for it."""
        with self._reading(name, copying=True):
            self._files.get_file(self._at(name), str(path))

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of the file as hexadecimal digits, None when it is not there."""
        with self._reading(name):
            try:
                with self._files.open(self._at(name), "rb") as content:
                    digest = hashlib.sha256()
                    while block := content.read(_BLOCK):
                        digest.update(block)
            except FileNotFoundError:
                return None
            return digest.hexdigest()

    def delete(self, name: str) -> None:
        """Delete the file, if it is there."""
        with self._writing("") as _, suppress(FileNotFoundError):
            self._files.rm_file(self._at(name))

    def write(self, name: str, content: bytes) -> None:
        """Put a small file there; it replaces one of that name at once."""
        with self._writing(name) as beside:
            self._files.pipe_file(beside, content)

    def put(self, path: Path, name: str) -> None:
        """Copy a file of this machine there; see ``write``."""
        with self._writing(name) as beside:
            self._files.put_file(str(path), beside)

    def erase(self) -> None:
        """Delete the folder with everything in it, if it is there."""
        with self._writing("") as _, suppress(FileNotFoundError):
            self._files.invalidate_cache()
            self._files.rm(self._at(""), recursive=True)

    @cached_property
    def _files(self) -> AbstractFileSystem:
        import fsspec

        protocol = self.address.text.partition("://")[0] if "://" in self.address.text else "file"
        try:
            # Another process writes there too: what was listed before is not to be believed.
            return fsspec.filesystem(protocol, use_listings_cache=False)
        except (ImportError, ValueError):
            raise ConfigError(
                f"Addresses that begin with {protocol}:// need a package that is not installed.",
                "For s3:// install it with: pip install 'promptbeam[s3]'.",
            ) from None

    def _at(self, name: str) -> str:
        root = self._files._strip_protocol(self.address.text)
        return f"{root}/{name}" if name else str(root)

    @contextmanager
    def _reading(self, name: str, *, copying: bool = False) -> Iterator[None]:
        try:
            yield
        except ConfigError:
            raise
        except FileNotFoundError:
            where = self.address.below(name).text
            raise InputError(f"There is nothing at {where}.", "Check the address.", field="data") from None
        except OSError as error:
            if copying and error.errno in NO_ROOM:
                raise  # that is this machine's disk, not the address; see ``room_for_files``
            raise self._unreadable(name, error) from None
        except Exception as error:  # noqa: BLE001 - storage drivers raise errors of their own making
            raise self._unreadable(name, error) from None

    def _unreadable(self, name: str, error: Exception) -> InputError:
        where = self.address.below(name).text
        logger.warning("%s cannot be read (%s)", where, type(error).__name__)
        return InputError(
            f"{where} cannot be read ({_kind(error)}).",
            "Check the address, and the credentials in the environment.",
            field="data",
        )

    @contextmanager
    def _writing(self, name: str) -> Iterator[str]:
        """Give a name to write to, which then takes the place of ``name``."""
        beside = ""
        try:
            if name:
                beside = self._at(f".{name}.{secrets.token_hex(4)}")
                self._files.makedirs(self._at(""), exist_ok=True)
            yield beside
            if name:
                self._files.mv(beside, self._at(name))
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - storage drivers raise errors of their own making
            where = self.address.below(name).text
            logger.warning("%s cannot be written (%s)", where, type(error).__name__)
            with suppress(Exception):
                if beside:
                    self._files.rm_file(beside)
            raise OutputError(
                f"{where} cannot be written ({_kind(error)}).",
                Fix(
                    "Check the address, its free space, and the credentials in the environment; then {}.",
                    Knob.GO_ON,
                ),
            ) from None


def _kind(error: Exception) -> str:
    """Name an error without its text, which may hold anything."""
    told: Any = getattr(error, "strerror", None) if isinstance(error, OSError) and error.errno else None
    return told if isinstance(told, str) and len(told) < 80 and "://" not in told else type(error).__name__


@contextmanager
def fetched(address: Address) -> Iterator[Path]:
    """Give a path at which the file at ``address`` can be read: its own, or a copy that goes with the block.

    A copy, because the data is read several times from its start: over a network that is paid once.
    """
    if address.path is not None:
        yield address.path
        return
    with scratch_folder() as here:
        path = here / "data"
        Folder(address.folder).fetch(address.name, path)
        yield path
