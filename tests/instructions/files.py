"""Writing small instruction files in every format, and opening them."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.instructions.open import open_instructions


def jsonl(rows):
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def json_list(rows):
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def wrapped(rows):
    return json.dumps({"canary": "keep out", "version": {"n": [1]}, "rows": rows}).encode()


def table(rows, delimiter=","):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def parquet(rows, row_group_size=7):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=row_group_size)
    return out.getvalue()


FORMATS = {
    "rows.jsonl": jsonl,
    "lines.json": jsonl,
    "list.json": json_list,
    "wrapped.json": wrapped,
    "table.csv": table,
    "table.tsv": lambda rows: table(rows, "\t"),
    "rows.parquet": parquet,
}


def opened(folder, name, content, **options):
    path = folder / name
    path.write_bytes(content)
    return open_instructions(name, path, **options)
