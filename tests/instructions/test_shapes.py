"""The shapes of instruction data are recognised in every file format, and shown."""

import pytest

from optimizer.errors import InputError
from tests.instructions.files import FORMATS, jsonl, opened, parquet

ALPACA = [
    {
        "instruction": f"Name {n} rivers, “long” ones;\nexplain.",
        "input": "Europe" * (n % 2),
        "output": f"No. {n}",
    }
    for n in range(1, 41)
]
SHAREGPT = [
    {
        "id": n,
        "conversations": [
            {"from": "system", "value": "Be short."},
            {"from": "human", "value": f"Question {n}?"},
            {"from": "gpt", "value": f"Answer {n}."},
            {"from": "human", "value": "And then?"},
            {"from": "gpt", "value": "Nothing."},
        ],
    }
    for n in range(1, 11)
]
OPENAI = [
    {
        "messages": [
            {"role": "user", "content": f"Question {n}?"},
            {"role": "assistant", "content": f"Answer {n}."},
        ]
    }
    for n in range(1, 11)
]
SEEDS = [
    {"id": f"seed_{n}", "instruction": f"Do {n}.", "instances": [{"input": "with this", "output": "done"}]}
    for n in range(1, 5)
]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_alpaca_rows_come_out_of_every_format(tmp_path, name):
    source = opened(tmp_path, name, FORMATS[name](ALPACA))
    assert (source.shape, source.layout.shown) == ("alpaca", "Alpaca (instruction, input, output)")
    rows = list(source.rows())
    assert [row.row for row in rows] == list(range(1, 41))
    assert [(row.text, row.context, row.response) for row in rows] == [tuple(row.values()) for row in ALPACA]
    assert [dict(row.original) for row in rows] == ALPACA
    assert source.inspection.unusable == 0


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("after", [0, 1, 7, 20, 39, 40, 99])
def test_reading_can_begin_behind_any_row(tmp_path, name, after):
    source = opened(tmp_path, name, FORMATS[name](ALPACA))
    assert [row.row for row in source.rows(after)] == list(range(after + 1, 41))


@pytest.mark.parametrize("name", ["rows.jsonl", "list.json", "rows.parquet"])
@pytest.mark.parametrize(("rows", "shape"), [(SHAREGPT, "sharegpt"), (OPENAI, "openai")])
def test_of_a_conversation_the_first_question_and_its_answer_are_taken(tmp_path, name, rows, shape):
    source = opened(tmp_path, name, FORMATS[name](rows))
    assert source.shape == shape
    first = next(source.rows())
    assert (first.text, first.response) == ("Question 1?", "Answer 1.")
    assert first.original == rows[0]


def test_seed_tasks_keep_their_instances(tmp_path):
    source = opened(tmp_path, "seed.jsonl", jsonl(SEEDS))
    row = next(source.rows())
    assert (source.shape, row.text, row.context, row.response) == ("alpaca", "Do 1.", "with this", "done")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"question": "q", "answer": "a"}, "question, answer"),
        ({"Prompt": "q", "completion": "a"}, "Prompt, completion"),
        ({"id": 3, "text": "q"}, "text"),
        ({"instruction": "q", "context": "c", "response": "a"}, "instruction, context, response"),
        ({"anything": "q"}, "anything"),
    ],
)
def test_columns_of_a_plain_table_are_guessed_by_name(tmp_path, fields, shown):
    source = opened(tmp_path, "plain.jsonl", jsonl([fields]))
    assert source.layout.shown == f"plain table ({shown})"
    assert next(source.rows()).text == "q"


def test_a_named_field_wins_over_every_guess(tmp_path):
    rows = [{"instruction": "no", "output": "no", "wish": "yes", "answer": "right"}]
    source = opened(tmp_path, "plain.jsonl", jsonl(rows), field="wish")
    row = next(source.rows())
    assert (source.shape, row.text) == ("plain", "yes")


def test_a_field_that_is_not_there_and_a_table_without_instructions_name_what_there_is(tmp_path):
    for options in ({"field": "wish"}, {}):
        with pytest.raises(InputError) as caught:
            opened(tmp_path, "t.csv", b"comment,score\nfine,1\n", **options)
        assert "comment, score" in caught.value.message
        assert "with the argument field" in caught.value.fix


def test_a_message_in_parts_is_joined_and_one_with_a_picture_is_not_usable(tmp_path):
    def row(content):
        return {"messages": [{"role": "user", "content": content}]}

    text = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    picture = [{"type": "image_url", "image_url": {"url": "x"}}]
    rows = list(opened(tmp_path, "m.jsonl", jsonl([row(text), row(picture)])).rows())
    assert rows[0].text == "One.\nTwo."
    assert "not text alone" in rows[1].why


def test_parquet_cells_of_other_kinds_are_kept_as_json_values(tmp_path):
    import datetime

    rows = [{"prompt": "q", "day": datetime.date(2026, 1, 2), "raw": b"\xff", "n": float("nan")}]
    original = next(opened(tmp_path, "p.parquet", parquet(rows)).rows()).original
    assert original == {"prompt": "q", "day": "2026-01-02", "raw": "\\xff", "n": None}
