"""Example files: every shape is read, every fault is named with its place and the way out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.table import merge_tables


def fault(name: str, data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        load_examples(name, data)
    assert caught.value.field == "examples"
    assert name in caught.value.message
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_by_itself(delimiter):
    text = f'text{delimiter}label\n"a{delimiter}b"{delimiter}x\nc{delimiter}y\n'
    table = load_examples("t.csv", text.encode())
    assert table.columns == ("text", "label")
    assert [row["text"] for row in table.rows] == [f"a{delimiter}b", "c"]


def test_json_with_one_list_inside_is_read_like_bbh():
    data = json.dumps({"canary": "x", "examples": [{"input": "1+1", "target": "2"}]}).encode()
    assert load_examples("bbh.json", data).rows == ({"input": "1+1", "target": "2"},)


def test_jsonl_is_recognised_whatever_its_name():
    assert len(load_examples("rows.txt", b'{"text":"a","label":"1"}\n{"text":"b","label":"0"}\n').rows) == 2


def test_a_byte_order_mark_and_utf16_are_understood():
    for data in (b"\xef\xbb\xbftext,label\n\xc3\xa4,x\n", "text,label\nä,x\n".encode("utf-16")):
        assert load_examples("t.csv", data).rows[0] == {"text": "ä", "label": "x"}


def test_a_row_with_too_many_fields_is_named():
    error = fault("t.csv", b"text,label\na,x\nb,c,y\n")
    assert error.row == 2
    assert "row 2" in error.message


def test_an_unclosed_quote_is_named():
    assert fault("t.csv", b'text,label\na,x\n"b,y\nc,z\n').row is not None


def test_another_encoding_is_named_with_its_line():
    error = fault("t.csv", b"text,label\na,x\nb\xe9,y\n")
    assert error.row == 3
    assert "UTF-8" in error.message


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"<!DOCTYPE html><html>sign in</html>", "HTML"),
        (b"  \n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"text,text\na,b\n", "stands twice"),
        (b"text,\na,b\n", "no name"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words(data, word):
    assert word in str(fault("t.csv", data))


def test_a_file_of_sixty_megabytes_is_refused():
    assert "60 MB" in fault("t.csv", b"x" * 60_000_000).message


def test_a_broken_json_line_is_named():
    assert fault("t.jsonl", b'{"text":"a"}\n{"text": }\n').row == 2


def test_a_missing_json_field_is_named():
    error = fault("t.jsonl", b'{"text":"a","label":"x"}\n{"text":"b"}\n')
    assert error.row == 2
    assert "'label'" in error.message


def test_files_with_other_columns_are_not_mixed():
    one = load_examples("a.csv", b"text,label\na,x\n")
    other = load_examples("b.csv", b"body,label\na,x\n")
    with pytest.raises(InputError, match=r"b\.csv"):
        merge_tables([one, other])


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_plain_error(data):
    for name in ("t.csv", "t.json", "t.jsonl", "t.txt"):
        try:
            load_examples(name, data)
        except InputError as error:
            assert error.message  # noqa: PT017


def test_a_line_separator_inside_a_string_does_not_end_a_jsonl_row():
    table = load_examples(
        "a.jsonl", '{"text": "one\u2028two", "label": "x"}\r\n{"text": "b", "label": "y"}\n'.encode()
    )
    assert [row["text"] for row in table.rows] == ["one\u2028two", "b"]
