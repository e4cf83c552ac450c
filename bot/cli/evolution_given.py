"""What a person gave to an evolution: data, method and options, turned into task and settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.given import MODEL_NAMES, read_given
from optimizer.errors import InputError

if TYPE_CHECKING:
    from optimizer.evolution.config import EvolveConfig
    from optimizer.instructions.address import Address
    from optimizer.instructions.data_file import LocalFile
    from optimizer.instructions.open import FileSource
    from optimizer.instructions.training_forms import Form

CONFIG_OPTIONS = (
    "algorithm", "seed", "steps", "candidates", "batch", "dev", "holdout", "rounds", "apply", "answers", "judge",
)  # fmt: skip
_STORED_OPTIONS = (
    *CONFIG_OPTIONS, "patience", "budget_calls", "budget_tokens", "budget_cost", "goal", "field", "bad_rows", "form",
)  # fmt: skip


def read_method(path: Path | None) -> str:
    """Return the text of the file with the first method, "" when none was given.

    Raises:
        InputError: it is not there, not text, or empty.
    """
    from optimizer.examples.decoding import decode_text

    return decode_text(path.name, read_given(path, "method"), field="method") if path else ""


def stored_request(data: LocalFile, address: Address, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run must know to go on later. The data stays where it is; its fingerprint is kept.

    Raises:
        InputError: data or method cannot be read.
    """
    from optimizer.instructions.data_file import fingerprint

    seen = fingerprint(data)
    return {
        **{name: options[name] for name in _STORED_OPTIONS},
        "method": read_method(options["method_file"]),
        "data_path": address.text,
        "data_name": data.name,
        "data_size": seen.size,
        "data_sha256": seen.digest,
        "models": {name: options[name] for name in MODEL_NAMES},
        "simulated": options["simulated"],
    }


def refuse_changed(data: LocalFile, address: Address, stored: Mapping[str, Any], run_id: str) -> None:
    """Raise ``InputError`` unless ``data`` is, byte for byte, what the run began with."""
    from optimizer.instructions.data_file import fingerprint

    seen = fingerprint(data)
    if (seen.size, seen.digest) != (stored["data_size"], stored["data_sha256"]):
        raise InputError(
            f"{address.text} has changed since run {run_id} began ({stored['data_size']:,} bytes then, "
            f"{seen.size:,} now).",
            "Put the file back as it was, name its copy (promptbeam evolve COPY --resume …), or start a new run.",
            field="data",
            file=data.name,
        )


def evolution_config(stored: Mapping[str, Any]) -> EvolveConfig:
    """Return the settings of the run.

    Raises:
        ConfigError: a value is out of range.
    """
    from optimizer.config import Budget
    from optimizer.evolution.config import EvolveConfig

    return EvolveConfig(
        **{name: stored[name] for name in CONFIG_OPTIONS},
        patience=stored["patience"] or None,
        budget=Budget(stored["budget_calls"], stored["budget_tokens"], stored["budget_cost"]),
    )


def data_at(held: ExitStack, given: str, name: str = "") -> tuple[LocalFile, Address]:
    """Return the file as it can be read here, for as long as ``held`` is, and its address.

    Raises:
        InputError: the address holds credentials, or nothing can be read there.
    """
    from optimizer.instructions.address import address_of
    from optimizer.instructions.data_file import LocalFile
    from optimizer.instructions.folder import fetched

    address = address_of(given, "data")
    with telling(f"Fetching {address.name}"):
        path = held.enter_context(fetched(address))
    return LocalFile(name or address.name, path), address


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Show what is being done on a terminal, for files that take a while."""
    from bot.cli.told_console import ToldConsole

    with ToldConsole().status(what):
        yield


def open_data(data: LocalFile, stored: Mapping[str, Any], config: EvolveConfig) -> FileSource:
    """Open the data as the run's options say.

    Raises:
        InputError: it cannot be used.
    """
    from optimizer.instructions.open import open_file

    return open_file(
        data, field=stored["field"], bad_rows=stored["bad_rows"], max_chars=config.max_instruction_chars
    )


def form_of(stored: Mapping[str, Any]) -> Form:
    """Return the form in which the run writes its rows."""
    form: Form = stored["form"]
    return form
