"""From prompt and table to a task: roles are guessed and told, what cannot work is refused."""

import io

import pytest
from openpyxl import Workbook

from optimizer.errors import InputError
from optimizer.examples.load import load_examples
from optimizer.examples.pasted import load_pasted
from optimizer.examples.table import ExampleTable
from optimizer.task import build_task


def table(rows=40, columns=("text", "label"), value=lambda i: (f"text {i}", "ab"[i % 2])):
    data = tuple(dict(zip(columns, value(i), strict=True)) for i in range(rows))
    return ExampleTable("t.csv", columns, data)


def refused(prompt, data, **options) -> InputError:
    with pytest.raises(InputError) as caught:
        build_task(prompt, data, **options)
    assert caught.value.fix
    return caught.value


def test_placeholders_decide_the_input_column():
    data = table(columns=("id", "mail", "team"), value=lambda i: (str(i), f"m{i}", "ab"[i % 2]))
    task = build_task("Which team? {mail}", data)
    assert task.roles.inputs == ("mail",)
    assert task.roles.target == "team"
    assert task.roles.ignored == ("id",)
    assert task.labels == ("a", "b")


def test_one_generic_placeholder_takes_the_only_input_and_says_so():
    data = table(columns=("comment", "label"))
    task = build_task("Classify: {text}", data)
    assert task.prompt.render(task.examples[0].fields) == "Classify: text 0"
    assert any("{text}" in warning and "comment" in warning for warning in task.warnings)


def test_a_placeholder_that_no_column_fills_is_named_with_the_columns():
    error = refused("Classify: {mail}", table())
    assert error.field == "prompt"
    assert "{mail}" in error.message
    assert "{text}" in error.fix


def test_the_expected_answer_may_not_stand_in_the_prompt():
    assert refused("Say {label} for {text}", table(), target="label").field == "prompt"


def test_an_unknown_target_column_is_named_with_the_columns():
    assert "text, label" in refused("p {text}", table(), target="nope").fix


def test_one_label_only_is_refused():
    error = refused("p {text}", table(value=lambda i: (f"t{i}", "same")), metric="label")
    assert error.field == "examples"
    assert "same" in error.message


def test_one_label_only_is_refused_when_the_metric_is_guessed():
    assert refused("p {text}", table(value=lambda i: (f"t{i}", "same"))).field == "examples"


def test_fewer_than_twenty_examples_are_refused():
    assert "at least 20" in refused("p {text}", table(rows=19)).message


@pytest.mark.parametrize("prompt", ["", "  \n "])
def test_an_empty_prompt_is_refused(prompt):
    assert refused(prompt, table()).field == "prompt"


def test_a_prompt_of_100_000_characters_is_refused():
    assert "100,000" in refused("x" * 100_000, table()).message


def test_fractions_become_labels_and_are_told():
    values = (0.0, 0.2, 0.6, 1.0)
    task = build_task("p {text}", table(value=lambda i: (f"t{i}", str(values[i % 4]))))
    assert task.labels == ("0", "1")
    assert any("0.5 or more counts as 1 (20 rows)" in warning for warning in task.warnings)


def test_conflicting_and_repeated_inputs_are_told():
    task = build_task("p {text}", table(value=lambda i: (f"t{i // 2}", "ab"[i % 2])))
    assert any("different expected answers" in warning for warning in task.warnings)


def test_rows_without_an_answer_are_left_out_and_counted():
    task = build_task("p {text}", table(value=lambda i: (f"t{i}", "" if i == 3 else "ab"[i % 2])))
    assert len(task.examples) == 39
    assert any("Left out: 1 row without" in warning for warning in task.warnings)


def test_free_answers_get_the_normalised_metric():
    task = build_task("p {text}", table(value=lambda i: (f"t{i}", f"answer number {i}")))
    assert task.metric.name == "normalised"


def one_column(kind, name="mail"):
    rows = [f"Where is parcel {i}, please?" for i in range(30)]
    if kind == "xlsx":
        book, file = Workbook(), io.BytesIO()
        for text in (name, *rows):
            book.active.append([text])
        book.save(file)
        return load_examples("t.xlsx", file.getvalue())
    if kind == "pasted":
        return load_pasted("\n".join([f"| {name} |", "|---|", *(f"| {text} |" for text in rows)]))
    return load_examples("t.csv", "\n".join([name, *(f'"{text}"' for text in rows)]).encode())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pasted"])
def test_inputs_alone_are_enough_where_a_model_judges(kind):
    task = build_task("Answer: {mail}", one_column(kind), criteria="Polite.")
    assert (task.roles.inputs, task.roles.target, len(task.examples)) == (("mail",), "", 30)
    assert task.examples[3].fields == {"mail": "Where is parcel 3, please?"}
    named = build_task("Improve it.", one_column(kind, "answer"), metric="pairwise", goal="polite answers")
    assert (named.roles.inputs, named.roles.target) == (("answer",), "")


def test_inputs_alone_with_a_goal_are_judged_by_it():
    task = build_task("Answer: {mail}", one_column("csv"), goal="polite answers")
    assert (task.metric.name, task.metric.criteria) == ("judge", "polite answers")
    assert any("judged by a model" in told for told in task.warnings)


def test_inputs_alone_are_refused_where_nothing_says_what_is_right():
    error = refused("Answer: {mail}", one_column("csv"))
    assert error.field == "examples"
    assert "only the column 'mail'" in error.message
    assert "judge" in error.fix


def test_a_label_in_two_spellings_is_one_label_and_told():
    spellings = ("Spam", "spam", "Spam", "Ham", "Ham", "ham.")
    data = table(rows=60, value=lambda i: (f"text {i}", spellings[i % 6]))
    for metric in ("auto", "label", "macro-f1"):
        task = build_task("Spam? {text}", data, metric=metric)
        assert task.labels == ("Ham", "Spam")
        assert {example.expected for example in task.examples} == {"Ham", "Spam"}
        assert any("'ham.' (10 rows) as 'Ham', 'spam' (10 rows) as 'Spam'" in told for told in task.warnings)


def test_macro_f1_charges_a_wrong_answer_to_the_label_whatever_its_spelling():
    data = table(rows=60, value=lambda i: (f"text {i}", ("Spam", "spam", "Spam", "Ham")[i % 4]))
    task = build_task("Spam? {text}", data, metric="macro-f1")
    expected = [example.expected for example in task.examples]
    always_spam = [task.metric.judge(label, "spam") for label in expected]
    # Spam: 45 of 60 answers are right, all 45 found: F1 = 90 / 105. Ham: 0.
    assert task.metric.aggregate(expected, always_spam) == pytest.approx(90 / 105 / 2)


def test_labels_that_only_look_alike_stay_apart():
    data = table(value=lambda i: (f"text {i}", ("?", "!", "C", "C++")[i % 4]))
    assert build_task("p {text}", data, metric="label").labels == ("!", "?", "C", "C++")
    assert not any("spelling" in told for told in build_task("p {text}", data, metric="label").warnings)
    exact = table(value=lambda i: (f"text {i}", ("Spam", "spam")[i % 2]))
    assert {item.expected for item in build_task("p {text}", exact, metric="exact").examples} == {
        "Spam",
        "spam",
    }


def test_one_label_in_two_spellings_is_refused_like_one_label():
    assert "same label" in refused("p {text}", table(value=lambda i: (f"t{i}", ("a", "A")[i % 2]))).message
