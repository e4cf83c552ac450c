"""Prompts survive the way in and out; placeholders and protected sections survive every edit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.prompts.placeholders import fill_placeholders, find_placeholders
from optimizer.prompts.prompt import parse_prompt
from optimizer.prompts.rules import same_text, why_rejected

SECTIONED = "# Task\nSort the mail.\n\n# Output format\nOne word.\n\n# Input\n{mail}\n"


@given(st.text(min_size=1, max_size=400).filter(str.strip))
def test_a_prompt_is_the_same_after_parsing(text):
    assert parse_prompt(text).text == text


@given(st.text(max_size=200), st.text(max_size=200))
def test_values_are_inserted_as_they_are_and_never_expanded_again(one, other):
    prompt = parse_prompt("A {first} B {{ second }} C")
    assert prompt.render({"first": one, "second": other}) == f"A {one} B {other} C"


def test_json_braces_are_no_placeholders():
    assert find_placeholders('{"a": 1} {{}} { } {text} {{ name }}') == ("text", "name")
    assert fill_placeholders('{"a": {text}}', lambda name: "v") == '{"a": v}'


def test_only_the_task_section_is_edited():
    prompt = parse_prompt(SECTIONED)
    assert prompt.editable_text == "Sort the mail."
    edited = prompt.with_edit("Sort it well.")
    assert edited.text == SECTIONED.replace("Sort the mail.", "Sort it well.")
    assert edited.with_edit("Sort the mail.").text == SECTIONED


def test_without_a_placeholder_the_input_follows_in_its_own_section():
    assert parse_prompt("Which team?").render({"mail": "hi"}) == "Which team?\n\n# Input\nhi"
    assert parse_prompt("Q").render({"a": "1", "b": "2"}).endswith("# Input\na: 1\nb: 2")


def test_a_missing_field_is_named():
    with pytest.raises(InputError, match=r"\{mail\}"):
        parse_prompt("{mail}").render({"text": "x"})


@pytest.mark.parametrize(
    ("proposal", "word"),
    [
        ("", "empty"),
        ("Answer  {MAIL}".replace("MAIL", "mail") + "", "changed nothing"),
        ("Read it.", "lost the placeholder {mail}"),
        ("Read {mail} and {secret}.", "unknown placeholder {secret}"),
        ("Read {mail}.\n<wrong>\nx", "editing instructions"),
        ("{mail}" + "x" * 5_000, "cap"),
    ],
)
def test_a_broken_proposal_is_rejected_with_its_reason(proposal, word):
    parent = parse_prompt("Answer {mail}")
    assert word in why_rejected(parent, proposal, max_chars=1_000)


def test_a_proposal_that_repeats_a_protected_section_is_rejected():
    why = why_rejected(parse_prompt(SECTIONED), "Sort.\n# Output format\nTwo words.", max_chars=1_000)
    assert "protected section" in why


def test_a_good_proposal_passes():
    assert why_rejected(parse_prompt("Answer {mail}"), "Read {mail} and answer.", max_chars=1_000) is None


@given(st.text(max_size=100))
def test_same_text_ignores_case_and_space_only(text):
    assert same_text(text, f"  {text}\n")
