"""The prompt library: what goes in comes out, is found by words and likeness, and stays private."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_records import PRIVATE, prompt

from optimizer.errors import InputError
from storage.store import Store
from storage.visibility import Place, Viewer

BOB = Viewer("bob", "T1")


def fill(store: Store) -> None:
    for name, text, seed in (
        (
            "tickets",
            "Sort each support ticket into billing, shipping or technical trouble.",
            "Classify the ticket.",
        ),
        (
            "hate",
            "Tell whether the tweet attacks a group of people. Answer Yes or No.",
            "Is this hate speech?",
        ),
        ("invoice", "Extract number, date and total of the invoice as JSON.", "Read the invoice."),
        ("french", "Translate the sentence into natural French.", "To French, please."),
    ):
        store.prompts.add(prompt(name, text, seed_text=seed))


def test_a_prompt_comes_back_unchanged(store: Store):
    record = prompt(
        text="Line 1\r\n{text} ✓ \ud83d \x00 'quoted'", seed_text="\udfff", title="«Title»", seed_score=None
    )
    assert store.prompts.add(record)
    assert store.prompts.get("p1", BOB) == record


def test_a_prompt_added_again_is_there_once(store: Store):
    assert store.prompts.add(prompt())
    assert not store.prompts.add(prompt(text="Something else"))
    assert [found.text for found in store.prompts.of_run("run-p1", BOB)] == [prompt().text]


def test_two_prompts_cannot_be_the_same_version_of_a_run(store: Store):
    store.prompts.add(prompt("a", run_id="r"))
    with pytest.raises(InputError, match="version 1"):
        store.prompts.add(prompt("b", run_id="r"))
    store.prompts.add(prompt("b", run_id="r", version=2))
    assert [record.id for record in store.prompts.of_run("r", BOB)] == ["a", "b"]


def test_a_forbidden_prompt_cannot_be_told_from_one_that_does_not_exist(store: Store):
    store.prompts.add(prompt("secret", place=PRIVATE))
    errors = []
    for name in ("secret", "nothing"):
        with pytest.raises(InputError) as caught:
            store.prompts.get(name, BOB)
        errors.append((str(caught.value).replace(name, "…"), caught.value.field))
    assert errors[0] == errors[1]
    assert store.prompts.get("secret", Viewer("bob", "T1", frozenset({"C-lab"}))).id == "secret"


def test_a_prompt_is_found_by_its_words_and_says_which(store: Store):
    fill(store)
    best = store.prompts.search("invoices total", BOB)[0]
    assert best.record.id == "invoice"
    assert "“invoices”" in best.why
    assert "“total”" in best.why


def test_a_similar_first_prompt_is_found_with_how_alike_it_is(store: Store):
    fill(store)
    found = store.prompts.similar("Classify the ticket.", BOB)
    assert found[0].record.id == "tickets"
    assert found[0].similarity == pytest.approx(1.0, abs=1e-5)
    assert found[0].why.startswith("the same first prompt")
    near = store.prompts.similar("Please classify every support ticket: billing, technical", BOB)[0]
    assert near.record.id == "tickets"
    assert 0.2 <= near.similarity < 1
    assert "alike in wording" in near.why


def test_nothing_is_called_similar_that_is_not(store: Store):
    fill(store)
    assert store.prompts.similar("Compose a haiku on autumn rain", BOB) == []
    assert store.prompts.similar("   ", BOB) == []


def test_a_run_does_not_find_itself(store: Store):
    fill(store)
    assert store.prompts.similar("Classify the ticket.", BOB, exclude_run="run-tickets") == []


def test_one_run_takes_one_place_in_the_answer(store: Store):
    for version in (1, 2, 3):
        store.prompts.add(prompt(f"v{version}", f"Sort tickets, take {version}", run_id="r", version=version))
    assert len(store.prompts.search("sort tickets", BOB)) == 1


def test_without_words_the_newest_come_first(store: Store):
    for number in range(4):
        store.prompts.add(prompt(f"p{number}", created_at=float(number)))
    assert [found.record.id for found in store.prompts.search("  ", BOB, limit=3)] == ["p3", "p2", "p1"]


def test_no_end_of_private_prompts_hides_the_few_one_may_see(store: Store):
    """The rule is inside the query: a filter after it would see only the nearest, all of them private."""
    with store.database.write():
        for number in range(300):
            store.prompts._table.insert(prompt(f"x{number}", "Sort support tickets by topic.", place=PRIVATE))
        store.prompts._table.insert(prompt("open", "Sort some support tickets, roughly, by their topic."))
    store.prompts.prepare()
    found = store.prompts.search("Sort support tickets by topic.", BOB)
    assert [one.record.id for one in found] == ["open"]
    assert [one.record.id for one in store.prompts.similar("Sort support tickets by topic.", BOB)] == ["open"]
    assert len(store.prompts.search("tickets", Viewer("alice", "T1"), limit=20)) == 20


HOSTILE = [
    *('"', "'", "''; DROP TABLE prompts; --", "a AND", "NOT", "OR OR", "NEAR(a b, 2)", "title: x", "foo-bar"),
    *(
        "*",
        "a*",
        "hello? (x",
        "^start",
        "{a b} : c",
        "\x00",
        "\ud83d",
        "ticket\x00sort",
        "%",
        "_",
        "🙂",
        "日本語",
    ),
    *("-", "()", "a" * 9000, "\\", "col:ticket", '"ticket" OR "', "ticket" + " ticket" * 3000, "＂ticket＂"),
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_search_text_breaks_the_search(store: Store, words: str):
    fill(store)
    store.prompts.search(words, BOB)
    store.prompts.similar(words, BOB)
    assert len(store.prompts.recent(BOB)) == 4


def test_any_text_can_be_searched_for(tmp_path: Path):
    with Store(tmp_path) as store:
        fill(store)

        @settings(max_examples=200, deadline=None)
        @given(st.text(alphabet=st.characters(codec=None), max_size=80))
        def search(words: str) -> None:
            assert len(store.prompts.search(words, BOB)) <= 5

        search()


def test_a_long_prompt_is_compared_in_reasonable_time(store: Store):
    fill(store)
    text = "Classify the support ticket by billing or shipping. " * 2000
    assert store.prompts.similar(text, BOB)[0].record.id == "tickets"


def test_a_terminal_prompt_is_seen_at_the_terminal_only(store: Store):
    store.prompts.add(prompt(owner="root", place=Place("", "", "terminal")))
    assert store.prompts.search("tickets", Viewer("", "", everything=True))
    assert store.prompts.search("tickets", BOB) == []
    assert store.prompts.search("tickets", Viewer("root", "")) == []
