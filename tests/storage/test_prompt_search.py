"""Finding past prompts: filters, common and rare words, and that no way to an answer forgets the rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_records import PRIVATE, PUBLIC, prompt

from storage import vector_memory, word_search
from storage.search_filters import METRICS_OF, NO_FILTERS, SearchFilters
from storage.store import Store
from storage.vector_memory import VectorMemory
from storage.visibility import Viewer, may_see
from storage.word_search import WordSearch

BOB = Viewer("bob", "T1")
LAB = Viewer("bob", "T1", frozenset({"C-lab"}))
OWNER = Viewer("", "", everything=True)
VARIETY = list(
    product(("alice", "carol"), (PUBLIC, PRIVATE), ("label", "json", "my:metric"), (0.0, 0.2), (1e3, 2e3))
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("search")) as store:
        with store.database.write():
            for number, (owner, place, metric, gain, at) in enumerate(VARIETY):
                record = prompt(
                    f"p{number}",
                    f"Sort report {number} by topic.",
                    owner=owner,
                    place=place,
                    metric=metric,
                    seed_score=0.5,
                    final_score=0.5 + gain,
                    created_at=at,
                )
                store.prompts._table.insert(record)
        store.prompts.prepare()
        for number in range(0, len(VARIETY), 5):
            store.prompts.set_status(f"p{number}", "accepted", OWNER)
        yield store


filters = st.builds(
    SearchFilters,
    owner=st.sampled_from(["", "alice", "carol", "nobody"]),
    channel=st.sampled_from(["", PUBLIC.channel, PRIVATE.channel]),
    kind=st.sampled_from([None, *METRICS_OF]),
    since=st.sampled_from([None, 0.0, 1500.0, 9e9]),
    gain=st.sampled_from([None, -1.0, 0.1, 0.5]),
    status=st.sampled_from([None, "draft", "accepted", "rejected"]),
)


def fits(number: int, wanted: SearchFilters) -> bool:
    """The filters once more, as one would say them."""
    owner, place, metric, gain, at = VARIETY[number]
    kind = next((kind for kind, names in METRICS_OF.items() if metric in names), "own")
    status = "accepted" if number % 5 == 0 else "draft"
    return (
        wanted.owner in ("", owner)
        and wanted.channel in ("", place.channel)
        and wanted.kind in (None, kind)
        and (wanted.since is None or at >= wanted.since)
        and (wanted.gain is None or gain >= wanted.gain)
        and wanted.status in (None, status)
    )


@settings(max_examples=60, deadline=None)
@given(wanted=filters, viewer=st.sampled_from([BOB, LAB, OWNER, Viewer("alice", "T1"), Viewer("x", "T2")]))
def test_every_filter_and_the_rule_hold_in_every_answer(full: Store, wanted: SearchFilters, viewer: Viewer):
    expected = {
        f"p{number}"
        for number, (owner, place, *_) in enumerate(VARIETY)
        if fits(number, wanted) and may_see(viewer, owner, place, False)
    }
    asked = full.prompts
    assert {
        one.record.id for one in asked.search("sort report topic", viewer, 99, filters=wanted)
    } == expected
    assert {one.record.id for one in asked.search("", viewer, 99, filters=wanted)} == expected
    assert {
        one.record.id for one in asked.similar("Sort report 3 by topic.", viewer, 99, filters=wanted)
    } == (expected)


def test_what_is_accepted_says_so(full: Store):
    found = full.prompts.search("report", BOB, 3, filters=SearchFilters(status="accepted"))
    assert found
    assert all(one.why.endswith("accepted") for one in found)


def equally_near(store: Store, vector: object, *answers: list[int] | None) -> bool:
    """Whether the answers are as near as one another: of equally near prompts each may choose its own."""
    near = []
    for numbers in answers:
        likeness = store.prompts._vectors.likeness(vector, numbers or [])  # type: ignore[arg-type]
        near.append([likeness[number][0] for number in numbers or []])
    return all(one == pytest.approx(near[0], abs=1e-3) for one in near)


def test_memory_index_and_scan_agree(full: Store):
    library = full.prompts
    vector = library._vectors.embedder.embed(["Sort report 7 by topic."])[0]
    memory = VectorMemory(library._vectors)
    for viewer in (
        BOB,
        LAB,
        OWNER,
        Viewer("alice", "T1"),
        Viewer("g", "T1", frozenset({"C-open"}), guest=True),
    ):
        exact = library._vectors.scan(vector, viewer, 10)
        answers = memory.nearest(vector, viewer, 10), library._index.nearest(vector, viewer, 10)
        assert equally_near(full, vector, exact, *answers)


def test_a_library_too_large_for_memory_is_still_searched(full: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vector_memory, "MOST_BYTES", 10_000)
    full.prompts._finder._held = None
    expected = {f"p{n}" for n, (owner, place, *_) in enumerate(VARIETY) if may_see(BOB, owner, place, False)}
    assert {one.record.id for one in full.prompts.similar("Sort report 7 by topic.", BOB, 99)} <= expected
    narrowed = SearchFilters(owner="alice", kind="extract")
    found = full.prompts.search("sort report", BOB, 99, filters=narrowed)
    assert {one.record.id for one in found} == {f"p{n}" for n in range(len(VARIETY)) if fits(n, narrowed)} & (
        expected
    )
    full.prompts._finder._held = None


def test_memory_grows_and_forgets_with_the_table(store: Store):
    library = store.prompts
    memory = VectorMemory(library._vectors)
    vector = library._vectors.embedder.embed(["Sort thing 1."])[0]
    assert memory.nearest(vector, BOB, 5) == []
    for batch in range(3):
        with store.database.write():
            for number in range(700):
                library._table.insert(prompt(f"{batch}-{number}", f"Sort thing {number}."))
        library._vectors.fill()
        assert equally_near(
            store, vector, memory.nearest(vector, BOB, 5), library._vectors.scan(vector, BOB, 5)
        )
    best = library._vectors.scan(vector, BOB, 1)[0]
    with store.database.write() as connection:
        connection.execute("DELETE FROM prompt_vectors WHERE number = ?", (best,))
    assert best not in (memory.nearest(vector, BOB, 5000) or [])
    library._vectors.fill()
    assert best in (memory.nearest(vector, BOB, 5) or [])
    assert len(memory.nearest(vector, BOB, 5000) or []) == 2100


def test_common_words_do_not_drown_the_rare_one(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(word_search, "_MOST_MATCHES", 50)
    with store.database.write():
        for number in range(300):
            rare = " Mind the axolotl." if number == 17 else ""
            store.prompts._table.insert(prompt(f"p{number}", f"Sort tickets on billing.{rare}"))
    words = WordSearch(store.database)
    first = store.database.rows("SELECT number FROM prompts WHERE id = 'p17'")[0][0]
    assert words.best(["tickets", "axolotl", "billing"], BOB, NO_FILTERS, 10) == [first]
    assert len(words.best(["tickets"], BOB, NO_FILTERS, 10)) == 10
    assert len(words.best(["nowhere", "tickets"], BOB, NO_FILTERS, 10)) == 10
    assert words.best(["nowhere"], BOB, NO_FILTERS, 10) == []
    assert words.best(["tickets"], Viewer("x", "T2"), NO_FILTERS, 10) == []


def test_of_a_common_word_those_one_may_see_are_found_behind_many_private_ones(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(word_search, "_MOST_MATCHES", 50)
    with store.database.write():
        store.prompts._table.insert(prompt("open", "Sort tickets."))
        for number in range(300):
            store.prompts._table.insert(prompt(f"p{number}", "Sort tickets.", place=PRIVATE))
    assert len(WordSearch(store.database).best(["tickets"], BOB, NO_FILTERS, 10)) == 1
