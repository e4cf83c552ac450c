"""Bad instruction data: each row named, kept or refused as chosen, and files that are none refused."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from optimizer.errors import InputError
from optimizer.instructions.records import Instruction, UnusableRow
from tests.instructions.files import json_list, jsonl, opened, parquet, table, wrapped

GOOD = {"instruction": "Name a river.", "output": "Rhine"}


def good(n):
    return [{"instruction": f"Name river {i}.", "output": "Rhine"} for i in range(n)]


BAD_LINES = {
    "empty": (jsonl([{"instruction": "  ", "output": "x"}]), "empty instruction"),
    "field": (jsonl([{"output": "x"}]), "no field 'instruction'"),
    "shape": (jsonl([{"messages": [{"role": "user", "content": "Hi"}]}]), "is OpenAI chat (messages) where"),
    "long": (jsonl([{"instruction": "x" * 200_000, "output": ""}]), "200,000 characters"),
    "encoding": (b'{"instruction": "caf\xe9", "output": "x"}\n', "not UTF-8: it holds the byte 0xe9"),
    "surrogate": (b'{"instruction": "half \\ud83d", "output": "x"}\n', "half of a surrogate pair"),
    "torn": (b'{"instruction": "Name a ri\n', "not a whole JSON object"),
    "deep": (b"[" * 100_000 + b"\n", "not a whole JSON object"),
    "number": (b"42\n", "not an object"),
    "list": (jsonl([{"instruction": ["a"], "output": "x"}]), "no text under 'instruction'"),
    "repeat": (jsonl([{"instruction": "Name river 2.", "output": "other"}]), "repeats row 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named_and_kept_and_the_rows_around_it_are_read(tmp_path, name):
    line, says = BAD_LINES[name]
    source = opened(
        tmp_path, "d.jsonl", jsonl(good(5)) + line + jsonl([{"instruction": "Last.", "output": ""}])
    )
    rows = list(source.rows())
    assert [row.row for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [row.row for row in rows if isinstance(row, UnusableRow)] == [6]
    assert says in rows[5].why
    assert rows[5].original
    assert (source.inspection.rows, source.inspection.unusable) == (7, 1)
    assert "row 6" in source.inspection.sentences[0]


@pytest.mark.parametrize("name", BAD_LINES)
def test_bad_rows_are_refused_when_the_user_says_so(tmp_path, name):
    line, says = BAD_LINES[name]
    with pytest.raises(InputError) as caught:
        opened(tmp_path, "d.jsonl", jsonl(good(5)) + line, bad_rows="refuse")
    assert "d.jsonl: row 6" in caught.value.message
    assert says in caught.value.message
    assert caught.value.row == 6


def test_bad_table_rows_are_named_and_the_next_ones_read(tmp_path):
    content = (
        b'instruction,output\nOne,1\nTwo,2,3\n"Th"ree,3\nFour,4\nCaf\xe9,5\n,6\nSeven\n"Eight\nlines",8\n'
    )
    rows = list(opened(tmp_path, "d.csv", content).rows())
    assert [row.row for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {row.row: row.why for row in rows if isinstance(row, UnusableRow)} == {
        2: "The row has 3 fields where the header has 2.",
        3: "The row has quotes that do not match.",
        5: "The row is not UTF-8: it holds the byte 0xe9.",
        6: "The row has an empty instruction.",
        7: "The row has 1 fields where the header has 2.",
    }
    assert rows[4].original["instruction"] == "Caf\\xe9"
    assert rows[2].original == {"unreadable": '"Th"ree,3'}
    assert rows[7].text == "Eight\nlines"


def test_bytes_that_are_not_utf8_in_a_parquet_column_are_found_in_their_row(tmp_path):
    binary = pa.array([b"One", b"caf\xe9", b"Three"], pa.binary())
    text = pa.StringArray.from_buffers(3, binary.buffers()[1], binary.buffers()[2])
    pq.write_table(pa.table({"instruction": text}), tmp_path / "d.parquet")
    rows = list(opened(tmp_path, "d.parquet", (tmp_path / "d.parquet").read_bytes()).rows())
    assert [isinstance(row, Instruction) for row in rows] == [True, False, True]
    assert "0xe9" in rows[1].why


NOT_DATA = {
    "empty.jsonl": (b" \n", "is empty"),
    "page.json": (b"\n<!doctype html><html><body>Sign in</body></html>", "web page"),
    "book.xlsx": (b"PK\x03\x04rest", "Excel workbook"),
    "header.csv": (b"instruction,output\n", "has no rows"),
    "nolist.json": (b'{\n "a": 1,\n "b": {"c": []}\n}', "holds no list of rows"),
    "broken.json": (json_list(good(3))[:-60], "row 3: the file is not JSON from here on"),
    "two.json": (json_list(good(3)).replace(b"},", b"}"), "row 2: the file is not JSON"),
    "quote.csv": (b'instruction,output\nOne,1\n"Two,2\nThree,3\n', "row 2: a quote is never closed"),
    "torn.jsonl": (b'{"a\n{"b\n', "row 1: the row is not a whole JSON object"),
    "numbers.parquet": (parquet([{"a": 1, "b": 2.0}]), "no column with text; its columns are a (int64), b (double)"),
    "cut.parquet": (parquet(good(30))[:-200], "damaged"),
    "twice.csv": (b"a,a\n1,2\n", "'a' stands twice"),
    "what.dat": (b"hello", "neither JSON nor a table"),
    "allbad.jsonl": (jsonl([{"instruction": ""}] * 3), "none of its 3 rows can be used; row 1 has an empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_DATA)
def test_a_file_that_is_no_instruction_data_is_refused_with_the_way_out(tmp_path, name):
    content, says = NOT_DATA[name]
    with pytest.raises(InputError) as caught:
        opened(tmp_path, name, content)
    assert says in caught.value.message
    assert name in caught.value.message
    assert caught.value.fix
    assert caught.value.field == "data"


def test_a_file_that_is_not_there_is_named(tmp_path):
    from optimizer.instructions.open import open_instructions

    with pytest.raises(InputError, match="no file"):
        open_instructions("none.jsonl", tmp_path / "none.jsonl")


def test_every_repeat_names_the_first_of_its_kind(tmp_path):
    rows = [{"instruction": text, "output": str(n)} for n, text in enumerate("abacab")]
    source = opened(tmp_path, "d.jsonl", jsonl(rows))
    whys = {row.row: row.why for row in source.rows() if isinstance(row, UnusableRow)}
    assert whys == {3: "The row repeats row 1.", 5: "The row repeats row 1.", 6: "The row repeats row 2."}
    assert source.inspection.kinds == (("repeats an earlier row", 3),)


def test_instructions_that_differ_in_their_context_alone_are_no_repeats(tmp_path):
    rows = [{"instruction": "Sum up.", "input": text, "output": ""} for text in "abc"]
    assert opened(tmp_path, "d.csv", table(rows)).inspection.unusable == 0


def test_utf16_with_its_mark_and_utf8_with_one_are_read(tmp_path):
    text = "instruction,output\nCafé,1\n"
    for name, content in (("a.csv", text.encode("utf-16")), ("b.csv", text.encode("utf-8-sig"))):
        assert next(opened(tmp_path, name, content).rows()).text == "Café"


def test_a_line_separator_inside_a_json_string_ends_no_row(tmp_path):
    rows = [{"instruction": "One\u2028two\x85three", "output": "x"}]
    assert next(opened(tmp_path, "d.jsonl", jsonl(rows)).rows()).text == "One\u2028two\x85three"


def test_a_huge_json_list_is_read_in_pieces(tmp_path, monkeypatch):
    from optimizer.instructions import json_stream

    sizes = []
    real = json_stream._Window._grow

    def grow(self):
        grown = real(self)
        sizes.append(len(self._held))
        return grown

    monkeypatch.setattr(json_stream._Window, "_grow", grow)
    rows = [{"instruction": f"{n} " + "x" * 300, "output": ""} for n in range(5000)]
    source = opened(tmp_path, "d.json", wrapped(rows))
    assert source.inspection.rows == 5000
    assert max(sizes) < 200_000 < len(json.dumps(rows))
