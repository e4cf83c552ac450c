"""What is written is read back the same, and every input row has an output row, whatever the data."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.errors import InputError, OutputError
from optimizer.instructions.export import export_failed, export_jsonl, export_parquet
from optimizer.instructions.open import open_instructions
from optimizer.instructions.records import EvolvedRow, Instruction, UnusableRow
from optimizer.instructions.shapes import Layout
from optimizer.instructions.sinks import open_sink
from optimizer.instructions.stored_rows import read_stored, stored
from tests.instructions.files import FORMATS, json_list, jsonl, opened, table

any_text = st.text(st.characters(codec=None), max_size=40)  # half surrogates and control characters too
clean_text = st.text(st.characters(codec="utf-8"), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
originals = st.dictionaries(any_text, json_values, max_size=4)
ALPACA = Layout("alpaca", "instruction", "input", "output")


@st.composite
def evolved_rows(draw):
    rows = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        original, fate = draw(originals), draw(st.sampled_from(["evolved", "kept", "unusable"]))
        source = (
            UnusableRow(number, "The row is bad.", original)
            if fate == "unusable"
            else Instruction(number, draw(any_text), original=original)
        )
        rows.append(EvolvedRow(source, fate, draw(any_text), draw(any_text), draw(any_text)))
    return rows


@given(evolved_rows())
@settings(max_examples=60, deadline=None)
def test_rows_that_a_sink_took_are_read_back_the_same(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with open_sink(path) as sink:
            for row in rows:
                sink.write(row)
        assert list(read_stored(path)) == [stored(row) for row in rows]


@given(evolved_rows(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_sink_cut_at_any_byte_goes_on_behind_its_last_whole_row(rows, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with open_sink(path) as sink:
            for row in rows:
                sink.write(row)
        whole = path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut] + data.draw(st.sampled_from([b"", b"\0" * 9, b"\0\n\0"])))
        with open_sink(path) as sink:
            assert sink.written == whole[:cut].count(b"\n")
            for row in rows[sink.written :]:
                sink.write(row)
        assert path.read_bytes() == whole


def test_a_sink_takes_the_next_row_only_and_says_when_it_cannot_write(tmp_path):
    row = EvolvedRow(Instruction(2, "x"), "evolved", "y", "")
    with open_sink(tmp_path / "rows.jsonl") as sink, pytest.raises(ValueError, match="row 1 is due"):
        sink.write(row)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        open_sink(tmp_path / "file" / "rows.jsonl")


def test_a_checkpoint_damaged_in_its_middle_is_named(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"nonsense\n")
    with pytest.raises(InputError, match="line 1 is damaged"):
        list(read_stored(path))


def opened_or_refused(folder, name, content):
    """The opened data, or None when it was refused with a way out; nothing else may happen."""
    try:
        return opened(folder, name, content)
    except InputError as error:
        if not error.fix:
            raise
    return None


table_rows = st.lists(
    st.fixed_dictionaries({"instruction": clean_text, "input": clean_text, "output": clean_text}),
    min_size=1,
    max_size=6,
)


@given(st.sampled_from(sorted(FORMATS)), table_rows)
@settings(max_examples=150, deadline=None)
def test_every_row_of_every_format_is_read_with_its_original_or_the_file_is_refused(name, rows):
    with tempfile.TemporaryDirectory() as folder:
        source = opened_or_refused(Path(folder), name, FORMATS[name](rows))
        if source is None:
            return
        read = list(source.rows())
        assert [row.row for row in read] == list(range(1, len(rows) + 1))
        assert [dict(row.original) for row in read] == rows
        for row, given_row in zip(read, rows, strict=True):
            if isinstance(row, Instruction):
                assert (row.text, row.context, row.response) == (
                    given_row["instruction"],
                    given_row["input"],
                    given_row["output"],
                )
            else:
                assert row.why.startswith("The row ")


def damaged(content, data):
    where = data.draw(st.integers(0, len(content)))
    return (
        content[:where]
        + data.draw(st.binary(max_size=6))
        + content[data.draw(st.integers(where, len(content))) :]
    )


@given(st.sampled_from(sorted(FORMATS)), table_rows, st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_files_end_in_numbered_rows_or_in_an_error_with_a_way_out(name, rows, data):
    with tempfile.TemporaryDirectory() as folder:
        source = opened_or_refused(Path(folder), name, damaged(FORMATS[name](rows), data))
        if source is not None:
            assert [row.row for row in source.rows()] == list(range(1, source.inspection.rows + 1))


@given(evolved_rows(), st.sampled_from(["alpaca", "openai", "same"]))
@settings(max_examples=80, deadline=None)
def test_an_export_has_a_row_for_every_input_row_in_both_formats(rows, form):
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_sink(folder / "rows.jsonl") as sink:
            for row in rows:
                sink.write(row)
        export_jsonl(folder / "rows.jsonl", ALPACA, form, folder / "out.jsonl")
        export_parquet(folder / "rows.jsonl", ALPACA, form, folder / "out.parquet")
        kept = export_failed(folder / "rows.jsonl", folder / "failed.jsonl")
        lines = (folder / "out.jsonl").read_bytes().splitlines()
        assert len(lines) == len(rows)
        if any(json.loads(line) for line in lines):
            assert pq.read_metadata(folder / "out.parquet").num_rows == len(rows)
        assert kept == sum(row.fate != "evolved" for row in rows)
        assert len((folder / "failed.jsonl").read_bytes().splitlines()) == kept
        assert sorted(path.name for path in folder.iterdir()) == [
            "failed.jsonl",
            "out.jsonl",
            "out.parquet",
            "rows.jsonl",
        ]


def evolve_all(source, folder, answer="A new answer."):
    with open_sink(folder / "rows.jsonl") as sink:
        for row in source.rows():
            if isinstance(row, Instruction) and row.row % 2:
                sink.write(EvolvedRow(row, "evolved", f"{row.text} Say why.", answer))
            elif isinstance(row, Instruction):
                sink.write(EvolvedRow(row, "kept", row.text, row.response, "refusal: it refused"))
            else:
                sink.write(EvolvedRow(row, "unusable", "", "", row.why))
    return folder / "rows.jsonl"


def exported(folder, source, form, answer="A new answer."):
    export_jsonl(evolve_all(source, folder, answer), source.layout, form, folder / "out.jsonl")
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


CHAT = [
    {
        "id": n,
        "conversations": [
            {"from": "system", "value": "Be short."},
            {"from": "human", "value": f"Question {n}?"},
            {"from": "gpt", "value": f"Answer {n}."},
            {"from": "human", "value": "And then?"},
        ],
    }
    for n in (1, 2)
]


def test_a_conversation_keeps_its_system_message_and_loses_turns_that_spoke_of_the_old_question(tmp_path):
    source = opened(tmp_path, "chat.jsonl", jsonl(CHAT))
    same = exported(tmp_path, source, "same")
    assert same[0] == {
        "id": 1,
        "conversations": [
            {"from": "system", "value": "Be short."},
            {"from": "human", "value": "Question 1? Say why."},
            {"from": "gpt", "value": "A new answer."},
        ],
    }
    assert same[1] == CHAT[1]
    (tmp_path / "rows.jsonl").unlink()
    chat = exported(tmp_path, source, "openai")
    assert [turn["role"] for turn in chat[0]["messages"]] == ["system", "user", "assistant"]
    assert [turn["role"] for turn in chat[1]["messages"]] == ["system", "user", "assistant", "user"]


def test_alpaca_rows_stand_for_themselves_and_kept_ones_keep_their_input(tmp_path):
    rows = [{"instruction": f"Do {n}.", "input": "this", "output": "old"} for n in (1, 2)]
    source = opened(tmp_path, "a.json", json_list(rows))
    assert exported(tmp_path, source, "alpaca") == [
        {"instruction": "Do 1. Say why.", "input": "", "output": "A new answer."},
        {"instruction": "Do 2.", "input": "this", "output": "old"},
    ]
    (tmp_path / "rows.jsonl").unlink()
    chat = exported(tmp_path, source, "openai", answer="")
    assert chat[0] == {"messages": [{"role": "user", "content": "Do 1. Say why."}]}
    assert chat[1]["messages"][0]["content"] == "Do 2.\n\nthis"


def test_seed_tasks_and_tables_keep_their_own_fields(tmp_path):
    seeds = [
        {
            "id": "s",
            "instruction": "Do.",
            "instances": [{"input": "this", "output": "old"}],
            "is_classification": False,
        }
    ]
    assert exported(tmp_path, opened(tmp_path, "s.jsonl", jsonl(seeds)), "same") == [
        {**seeds[0], "instruction": "Do. Say why.", "instances": [{"input": "", "output": "A new answer."}]}
    ]
    (tmp_path / "rows.jsonl").unlink()
    plain = [{"question": "How?", "answer": "So."}]
    assert exported(tmp_path, opened(tmp_path, "t.csv", table(plain)), "same") == [
        {"question": "How? Say why.", "answer": "A new answer."}
    ]


def test_exported_parquet_is_read_as_data_again(tmp_path):
    source = opened(tmp_path, "chat.jsonl", jsonl(CHAT))
    checkpoint = evolve_all(source, tmp_path)
    for form, shape in (("openai", "openai"), ("alpaca", "alpaca"), ("same", "sharegpt")):
        export_parquet(checkpoint, source.layout, form, tmp_path / f"{form}.parquet")
        again = open_instructions(f"{form}.parquet", tmp_path / f"{form}.parquet")
        assert again.shape == shape
        assert [row.text for row in again.rows()] == ["Question 1? Say why.", "Question 2?"]


def test_an_export_that_fails_leaves_the_old_file(tmp_path):
    (tmp_path / "out.jsonl").write_text("old")
    (tmp_path / "rows.jsonl").write_bytes(b'{"row": 1}\nnonsense\n')
    with pytest.raises(InputError):
        export_jsonl(tmp_path / "rows.jsonl", ALPACA, "alpaca", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
