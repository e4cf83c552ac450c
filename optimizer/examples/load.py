"""From a named file to a table of examples, by its content and its name."""

from __future__ import annotations

from optimizer.errors import InputError
from optimizer.examples.csv_rows import read_csv
from optimizer.examples.decoding import decode_text
from optimizer.examples.json_rows import looks_like_jsonl, read_json, read_jsonl
from optimizer.examples.table import ExampleTable
from optimizer.examples.xlsx_rows import is_workbook, read_xlsx

SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".xlsx")
"""File names that example data may have."""


def load_examples(name: str, data: bytes) -> ExampleTable:
    """Read CSV, TSV, JSON, JSONL or an Excel workbook; the content decides, the name's ending only breaks ties.

    Raises:
        InputError: ``field`` is ``examples``; names the file and, where known, the row.
    """
    if is_workbook(name, data):
        return read_xlsx(name, data)
    text = decode_text(name, data)
    head = text.lstrip()
    lowered = name.lower()
    if lowered.endswith((".jsonl", ".ndjson")):
        return read_jsonl(name, text)
    if lowered.endswith(".json"):
        return read_json(name, text) if not looks_like_jsonl(head) else read_jsonl(name, text)
    if head.startswith("{"):
        return read_jsonl(name, text) if looks_like_jsonl(head) else read_json(name, text)
    if head.startswith("[") and not lowered.endswith((".csv", ".tsv")):
        return read_json(name, text)
    if not lowered.endswith(SUFFIXES):
        raise InputError(
            f"{name}: files of this kind are not read.",
            "Attach CSV, TSV, JSON, JSONL or XLSX.",
            field="examples",
            file=name,
        )
    return read_csv(name, text)
