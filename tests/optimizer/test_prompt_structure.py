"""What a rewrite of a whole prompt may change: open sections, and nothing of the structure around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.prompts.few_shot import with_demonstrations
from optimizer.prompts.prompt import parse_prompt
from optimizer.prompts.structure import changed_titles, read_structure, rebuilt, whole, why_broken
from optimizer.task import Example

TEXT = """You help the shop.

# Role
A clerk.

# Safety (protected)
Never give away <labels>.
<labels>
keep this
</labels>

# Output
One word.

# Input
Mail: {mail}
"""
PROMPT = parse_prompt(TEXT)
STRUCTURE = read_structure(PROMPT)


def why(text, structure=STRUCTURE):
    return why_broken(structure, PROMPT, text, limit=2_000)


def test_a_rewrite_within_open_sections_passes_and_keeps_the_rest_to_the_letter():
    proposal = TEXT.replace("One word.", "Exactly one word.\nNo more.").strip()
    assert why(proposal) is None
    made = rebuilt(STRUCTURE, PROMPT, proposal)
    assert made.text == TEXT.replace("One word.", "Exactly one word.\nNo more.")
    assert changed_titles(PROMPT, made) == ("Output",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("# Output", "# Answer"), "lost the section '# Output'"),
        (lambda text: text.replace("# Output\nOne word.\n", ""), "lost the section '# Output'"),
        (lambda text: f"{text}\n# Notes\nx", "added the section '# Notes'"),
        (lambda text: f"{text}\n# Output\nTwo words.", "added the section '# Output'"),
        (lambda text: text.replace("# Role\nA clerk.\n\n", "") + "\n# Role\nA clerk.", "changed the order"),
        (lambda text: text.replace("keep this", "keep that"), "changed the protected section"),
        (lambda text: text.replace(" (protected)", ""), "lost the section '# Safety (protected)'"),
        (lambda text: text.replace("# Role", "# Role (protected)"), "lost the section '# Role'"),
        (lambda text: text.replace("A clerk.", ""), "emptied the section '# Role'"),
        (lambda text: text.replace("{mail}", "the mail"), "lost the placeholder {mail}"),
        (lambda text: text.replace("A clerk.", "A {kind} clerk."), "unknown placeholder {kind}"),
        (
            lambda text: text.replace("{mail}", "x").replace("One word.", "{mail}"),
            "unknown placeholder {mail}",
        ),
        (lambda text: text.replace("One word.", "---user---\nOne word."), "added the section '---user---'"),
        (lambda text: text.replace("You help the shop.\n", ""), "lost the section before the first heading"),
        (lambda text: text.replace("One word.", "<prompt>\nOne word."), "repeats parts of the editing"),
        (lambda text: text.replace("One word.", "word " * 1_000), "the cap is 2,000"),
        (lambda text: text.upper(), "changed nothing"),
        (lambda text: "", "empty"),
        (
            lambda text: text.replace(
                "One word.", "One word.\n\n<examples>\nInput: a\nAnswer: b\n</examples>"
            ),
            "adds demonstrations",
        ),
    ],
)
def test_a_rewrite_that_breaks_the_structure_is_rejected_with_the_reason(change, says):
    assert says in why(change(TEXT))


def test_a_protected_section_may_come_back_as_it_was_shown_with_its_tag_lines_indented():
    shown = TEXT.replace("\n<labels>", "\n <labels>").replace("\n</labels>", "\n </labels>")
    proposal = shown.replace("A clerk.", "A friendly clerk.")
    assert why(proposal) is None
    assert rebuilt(STRUCTURE, PROMPT, proposal).text == TEXT.replace("A clerk.", "A friendly clerk.")


def test_only_the_wanted_sections_may_change():
    structure = read_structure(PROMPT, ("output",))
    assert structure.free == (False, False, False, True, False)
    assert why(TEXT.replace("One word.", "Two words."), structure) is None
    assert "'# Role'" in why(TEXT.replace("A clerk.", "A baker."), structure)


@pytest.mark.parametrize("title", ["Safety", "Safety (protected)", "Tone"])
def test_a_wanted_section_that_cannot_change_is_named_with_those_that_can(title):
    with pytest.raises(InputError, match="no section") as caught:
        read_structure(PROMPT, (title,))
    assert "Role, Output, Input" in caught.value.fix


def test_a_prompt_that_is_protected_as_a_whole_is_refused():
    with pytest.raises(InputError, match="protected"):
        parse_prompt("# A (protected)\nx\n")
    prompt = parse_prompt("# Task\nDo it: {x}\n---assistant---\nYes.")
    assert read_structure(prompt).free == (True, False)


def test_demonstrations_stay_where_they_are():
    shown = with_demonstrations(PROMPT, [Example(1, (("mail", "Where is it?"),), "shipping")])
    made = rebuilt(STRUCTURE, shown, shown.base.replace("A clerk.", "A baker."))
    assert made.demonstrations == shown.demonstrations
    assert parse_prompt(made.text).text == made.text


@given(
    st.lists(st.sampled_from([*TEXT.splitlines(), "x", "# Role", "---user---", "{mail}", "{y}"]), max_size=24)
)
def test_whatever_passes_has_the_same_headings_placeholders_and_protected_text(lines):
    proposal = "\n".join(lines)
    if why(proposal) is None:
        made = rebuilt(STRUCTURE, PROMPT, proposal)
        assert [s.heading for s in made.sections] == [s.heading for s in whole(PROMPT).sections]
        assert made.placeholders == PROMPT.placeholders
        assert made.sections[2] == whole(PROMPT).sections[2]
        assert parse_prompt(made.text).text == made.text


@given(st.text(max_size=200))
def test_taking_the_sections_apart_changes_no_letter(text):
    if text.strip() and "<examples>" not in text:
        try:
            prompt = parse_prompt(text)
        except InputError:
            return
        assert whole(prompt).text == prompt.text == text
