"""Examples that somebody pasted into a chat: CSV, TSV, JSON, JSONL or a Markdown table."""

from __future__ import annotations

import re

from optimizer.errors import InputError
from optimizer.examples.csv_rows import read_csv, table_from_records
from optimizer.examples.json_rows import looks_like_jsonl, read_json, read_jsonl
from optimizer.examples.table import ExampleTable

NAME = "pasted text"
"""What messages call examples without a file."""

_FENCE = re.compile(r"\A```[\w-]*[ \t]*\n?(.*?)\n?```\Z", re.DOTALL)
_RULE = re.compile(r"^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_BAR = re.compile(r"(?<!\\)\|")


def load_pasted(text: str) -> ExampleTable:
    """Read pasted examples; a code fence around them is taken off. The text decides its format.

    Raises:
        InputError: ``field`` is ``examples``, ``file`` is ``NAME``; names the row where known.
    """
    bare = text.strip().removeprefix("\ufeff")
    fenced = _FENCE.match(bare)
    bare = fenced[1].strip("\n") if fenced else bare
    if not bare.strip():
        raise InputError(
            "No examples were pasted.",
            "Paste rows with a header, or attach a file.",
            field="examples",
            file=NAME,
        )
    if bare.startswith(("{", "[")):
        return read_jsonl(NAME, bare) if looks_like_jsonl(bare) else read_json(NAME, bare)
    lines = [line for line in bare.splitlines() if line.strip()]
    if len(lines) > 1 and "|" in lines[0] and _RULE.match(lines[1].strip()):
        return table_from_records(
            NAME,
            [_cells(lines[0]), *(_cells(line) for line in lines[2:])],
            "Write a bar inside a cell as \\|.",
        )
    return read_csv(NAME, bare)


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(bare)]
