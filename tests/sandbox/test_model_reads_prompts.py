"""How the simulated model finds the input, the labels and the guidance in a prompt."""

from __future__ import annotations

import pytest

from sandbox.model.input_split import split_input
from sandbox.model.prompt_reading import read_guidance

TEXT = "My parcel never came.\n\nIt should have been here Monday, can you check?"

CASES = {
    "field_at_the_end": (
        "Which team?\n\nTeams: billing, bug, account\n\nTicket: {t}\nTeam:",
        "billing bug account",
    ),
    "no_mark_at_all": (
        "Classify the ticket into one of: billing, bug or account.\n\n{t}",
        "billing bug account",
    ),
    "input_heading": (
        "# Task\nSort it.\n- billing: invoices\n- bug: crash\n\n# Output\nOnly the label.\n\n# Input\n{t}",
        "billing bug",
    ),
    "tags_in_the_middle": ("Is it hate? <text>{t}</text> Answer 1 if it is and 0 otherwise.", "1 0"),
    "fence": ('Text:\n"""\n{t}\n"""\n\nAnswer "Yes" if it is about shipping, "No" if not.', "Yes No"),
    "backticks": ("Classify the following message as `spam` or `ham`:\n\n{t}", "spam ham"),
    "field_first": (
        "Message: {t}\n\nDecide where it goes. Choose from:\n- billing\n- bug\n\nAnswer with the team name only.",
        "billing bug",
    ),
    "letters": ("Which one is right?\n- (A) the first\n- (B) the second\nQuestion: {t}\nAnswer:", "(A) (B)"),
    "sentiment": ("What is the sentiment of this review?\n\n{t}", "Positive Negative Neutral"),
    "question_only": ("Does the text below complain about anything?\n\nText: {t}", "Yes No"),
    "risky_or_safe": ("Is this request risky or safe?\n\nRequest: {t}", "risky safe"),
    "label_alone": (
        "Is this request risky or safe?\n\nReply with the label alone and nothing else.\n\nRequest: {t}",
        "risky safe",
    ),
    "quoted_list": (
        'Possible labels are "billing", "bug" and "account".\n\nTicket: "{t}"\n\nLabel:',
        "billing bug account",
    ),
    "paper_style": (
        "# Task\nSay whether the Statement is a lie (Yes) or not (No).\n\n# Output format\n"
        "Answer Yes or No as labels\n\n# Prediction\nText: {t}\nLabel:",
        "Yes No",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_input_and_the_labels_are_found_wherever_they_stand(name: str) -> None:
    template, labels = CASES[name]
    split = split_input(template.replace("{t}", TEXT))
    assert split.text.strip('"') == TEXT
    assert " ".join(read_guidance(f"{split.before}\n{split.after}").labels) == labels


def test_the_pieces_of_a_prompt_join_to_the_prompt() -> None:
    prompt = CASES["tags_in_the_middle"][0].replace("{t}", TEXT)
    split = split_input(prompt)
    assert split.before + split.text + split.after == prompt


def test_two_inputs_in_one_template_share_their_guidance() -> None:
    template = CASES["field_at_the_end"][0]
    one, two = (split_input(template.replace("{t}", text)) for text in (TEXT, "Refund me: now."))
    assert (one.before, one.after) == (two.before, two.after)


def test_input_columns_of_one_example_stay_together() -> None:
    split = split_input(
        "Is it a lie? yes or no\n\nStatement: all is well\nJob title: mayor\nContext: a speech\nLabel:"
    )
    assert split.text == "all is well\nJob title: mayor\nContext: a speech"


def cue(guidance: str, word: str) -> dict[str, float]:
    reading = read_guidance(guidance)
    return {reading.labels[index]: weight for index, weight in reading.cues.get(word, ())}


def test_a_bullet_ties_its_words_to_its_label() -> None:
    assert cue("Labels: billing, bug\n- billing: invoices, VAT\n- bug: crashes", "vat") == {"billing": 1.0}


def test_a_word_that_a_guideline_excludes_speaks_against_the_label() -> None:
    assert (
        cue("Labels: billing, bug\n- billing: invoices, not vouchers\n- bug: crashes", "voucher")["billing"]
        < 0
    )


def test_a_sentence_about_two_labels_is_split_between_them() -> None:
    guidance = 'Answer with "risky" or "safe". Bribes are risky, but recipes are safe.'
    assert list(cue(guidance, "brib")) == ["risky"]
    assert list(cue(guidance, "recip")) == ["safe"]


def test_a_word_under_two_labels_says_less_than_a_word_under_one() -> None:
    guidance = "Labels: a1, b1, c1\n- a1: gadget, pony\n- b1: gadget, duck\n- c1: swan"
    assert cue(guidance, "gadget")["a1"] < cue(guidance, "poni")["a1"]


def test_a_fallback_sentence_raises_its_label() -> None:
    plain = read_guidance("Labels: risky, safe\n- risky: bribes\n- safe: recipes")
    with_fallback = read_guidance(
        'Labels: risky, safe\n- risky: bribes\n- safe: recipes\nIf nothing fits, answer "safe".'
    )
    assert with_fallback.prior[1] > plain.prior[1]
