"""From the bytes of an uploaded file to its text, refusing what is not text."""

from __future__ import annotations

import codecs

from optimizer.errors import InputError

MAX_BYTES = 50 * 1024 * 1024
"""Largest example file that is read whole."""

PARQUET_START = b"PAR1"
_BINARY_STARTS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x1f\x8b": "a gzip archive",
    PARQUET_START: "a Parquet file",
    b"\x89PNG": "an image",
}


def decode_text(name: str, data: bytes, *, field: str = "examples") -> str:
    """Return the text of a UTF-8 file (or UTF-16 with a byte-order mark), without the mark.

    Raises:
        InputError: empty, too large, HTML, binary, or in another encoding; names file and line.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} has {len(data) / 1e6:.0f} MB; files up to {MAX_BYTES // 1024**2} MB are read.",
            "Send a sample of it: a few hundred rows are enough to optimise a prompt.",
            field=field,
            file=name,
        )
    if not data.strip():
        raise empty_file(name, field)
    refuse_binary(name, data, field)
    text = _decode(name, data, field)
    refuse_html(name, text, field)
    return text


def empty_file(name: str, field: str) -> InputError:
    """Return the error for a file without content."""
    return InputError(f"{name} is empty.", "Attach the file again with its content.", field=field, file=name)


def refuse_binary(name: str, head: bytes, field: str) -> None:
    """Raise ``InputError`` when the file's first bytes are those of a known kind that is not text."""
    for start, what in _BINARY_STARTS.items():
        if head.startswith(start):
            raise InputError(
                f"{name} is {what}, not text.",
                "Export it as CSV or JSONL (UTF-8) and attach that.",
                field=field,
                file=name,
            )


def _decode(name: str, data: bytes, field: str) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name} is not UTF-8: line {line} holds the byte 0x{data[error.start]:02x}.",
            "Save it as UTF-8 (in Excel: 'CSV UTF-8') and attach it again.",
            field=field,
            file=name,
            row=line,
        ) from None


def refuse_html(name: str, text: str, field: str) -> None:
    """Raise ``InputError`` when the text starts like a web page: a login page saved in a file's place."""
    head = text[:1000].lstrip()[:200].lower()
    if head.startswith(("<!doctype html", "<html")):
        raise InputError(
            f"{name} is a web page (HTML), not data.",
            "Download the file itself (a login page was probably saved in its place) and attach that.",
            field=field,
            file=name,
        )
