"""Excel workbooks and rows pasted into a chat are read like files, with the broken row named."""

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook

from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.pasted import NAME, load_pasted

ROWS = ({"text": "Charged twice", "label": "billing"}, {"text": "It, crashes", "label": "bug"})


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def problem(read, *arguments):
    with pytest.raises(InputError) as caught:
        read(*arguments)
    assert caught.value.field == "examples"
    assert caught.value.fix
    return caught.value


def test_a_workbook_is_read_with_every_kind_of_cell():
    data = workbook(
        [],
        [
            [None, None],
            ["text", "label", None],
            ["a", 1.0],
            [True, 2.5],
            [],
            [datetime.date(2026, 1, 2), "x"],
            ["b"],
        ],
        [["other"]],
    )
    table = load_examples("rows.xlsx", data)
    assert table.columns == ("text", "label")
    assert [tuple(row.values()) for row in table.rows] == [
        ("a", "1"),
        ("true", "2.5"),
        ("2026-01-02", "x"),
        ("b", ""),
    ]
    assert "Sheet 2" in table.notes[0]


def test_a_formula_is_text_of_its_value_and_never_run():
    table = load_examples(
        "rows.xlsx", workbook([["text", "label"], ["=1+1", "a"], ["x", '=HYPERLINK("http://a")']])
    )
    assert [row["text"] for row in table.rows] == ["", "x"]


@pytest.mark.parametrize(
    ("rows", "row", "word"),
    [
        ([["text", "label"], ["a", "x"], ["b", "#REF!"]], 2, "#REF!"),
        ([["text", "label"], ["a", "x", "stray"]], 1, "beside"),
        ([["text", "text"], ["a", "x"]], None, "twice"),
        ([["text", None, "label"], ["a", "x", "y"]], None, "no name"),
        ([], None, "no rows"),
    ],
)
def test_what_is_wrong_in_a_workbook_is_named(rows, row, word):
    found = problem(load_examples, "rows.xlsx", workbook(rows))
    assert found.row == row
    assert word in found.message


def test_a_damaged_workbook_and_another_archive_are_named():
    good = workbook([["text", "label"], ["a", "x"]])
    assert "damaged" in problem(load_examples, "rows.xlsx", good[:200]).message
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert "damaged" in problem(load_examples, "rows.xlsx", file.getvalue()).message
    assert "ZIP" in problem(load_examples, "rows.zip", file.getvalue()).message


def test_a_workbook_that_unpacks_to_far_more_is_refused(monkeypatch):
    monkeypatch.setattr("optimizer.examples.xlsx_rows._MAX_UNPACKED", 1000)
    assert "unpacks" in problem(load_examples, "rows.xlsx", workbook([["text", "label"]])).message


@pytest.mark.parametrize(
    "text",
    [
        'text,label\nCharged twice,billing\n"It, crashes",bug',
        "text\tlabel\nCharged twice\tbilling\nIt, crashes\tbug\n",
        "```csv\ntext;label\nCharged twice;billing\nIt, crashes;bug\n```",
        "| text | label |\n|---|:-:|\n| Charged twice | billing |\n| It, crashes | bug |",
        "text | label\n--- | ---\nCharged twice | billing\nIt, crashes | bug",
        '{"text": "Charged twice", "label": "billing"}\n{"text": "It, crashes", "label": "bug"}',
        '```\n[{"text": "Charged twice", "label": "billing"}, {"text": "It, crashes", "label": "bug"}]\n```',
    ],
)
def test_pasted_rows_are_read_in_every_format(text):
    assert load_pasted(text).rows == ROWS


def test_a_bar_inside_a_cell_can_be_escaped():
    assert load_pasted("|a|b|\n|-|-|\n|x \\| y|z|").rows == ({"a": "x | y", "b": "z"},)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", None),
        ("```\n```", None),
        ("a,b\n1,2\n1,2,3", 2),
        ("|a|b|\n|-|-|\n|x|y|\n|x|", 2),
        ('{"a": 1}\n{"a"', 2),
    ],
)
def test_what_is_wrong_in_pasted_rows_is_named(text, row):
    found = problem(load_pasted, text)
    assert found.row == row
    assert found.file == NAME
