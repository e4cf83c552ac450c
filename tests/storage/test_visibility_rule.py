"""Who may see what: the rule in words, and that Python, SQL and Chroma read it alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import chromadb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_records import prompt

from storage.prompts import PromptRecord
from storage.store import Store
from storage.visibility import Place, Viewer, chroma_where, marks, may_see, sql_condition

USERS = ("alice", "bob", "")
TEAMS = ("T1", "T2", "")
CHANNELS = ("C1", "C2", "")
KINDS = ("public", "private", "dm", "terminal")
EVERY_CASE = enumerate(product(USERS, TEAMS, CHANNELS, KINDS, (False, True)))
RECORDS = [
    prompt(
        f"p{number}", f"Sort ticket {number}", owner=owner, place=Place(team, channel, kind), only_me=only_me
    )
    for number, (owner, team, channel, kind, only_me) in EVERY_CASE
]
viewers = st.builds(
    Viewer,
    user=st.sampled_from(USERS),
    team=st.sampled_from(TEAMS),
    channels=st.frozensets(st.sampled_from(CHANNELS)),
    everything=st.sampled_from([False] * 9 + [True]),
    guest=st.booleans(),
)


def in_plain_words(viewer: Viewer, owner: str, place: Place, only_me: bool) -> bool:
    """The rule once more, written as one would say it."""
    if viewer.everything:
        return True
    if viewer.user == "" or viewer.team == "" or viewer.team != place.team:
        return False
    if viewer.user == owner:
        return True
    if only_me or place.kind in ("dm", "terminal"):
        return False
    is_member = place.channel != "" and place.channel in viewer.channels
    return is_member if place.kind == "private" or viewer.guest else True


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("full")) as store:
        with store.database.write():
            for record in RECORDS:
                store.prompts._table.insert(record)
        store.prompts.prepare()
        yield store


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromadb.Collection]:
    client = chromadb.PersistentClient(path=str(tmp_path_factory.mktemp("chroma")))
    made = client.create_collection("rule", embedding_function=None)
    made.add(
        ids=[record.id for record in RECORDS],
        embeddings=[[1.0, 0.0]] * len(RECORDS),
        metadatas=[marks(record.owner, record.place, record.only_me) for record in RECORDS],
    )
    yield made
    client.close()


@settings(max_examples=150, deadline=None)
@given(viewer=viewers)
def test_python_sql_and_chroma_agree_on_every_record(
    full: Store, collection: chromadb.Collection, viewer: Viewer
):
    expected = {r.id for r in RECORDS if in_plain_words(viewer, r.owner, r.place, r.only_me)}
    assert {r.id for r in RECORDS if may_see(viewer, r.owner, r.place, r.only_me)} == expected
    condition, values = sql_condition(viewer, "prompts")
    rows = full.database.rows(f"SELECT id FROM prompts WHERE {condition}", values)
    assert {row[0] for row in rows} == expected
    assert set(collection.get(where=chroma_where(viewer))["ids"]) == expected


@settings(max_examples=40, deadline=None)
@given(viewer=viewers)
def test_no_door_of_the_library_shows_what_one_may_not_see(full: Store, viewer: Viewer):
    def allowed(record: PromptRecord) -> bool:
        return in_plain_words(viewer, record.owner, record.place, record.only_me)

    library = full.prompts
    assert all(allowed(found.record) for found in library.search("sort ticket 7", viewer, 500))
    assert all(allowed(found.record) for found in library.similar(RECORDS[50].text, viewer, 500))
    assert all(allowed(record) for record in library.recent(viewer, 500))
    for record in RECORDS[::9]:
        assert [found.id for found in library.of_run(record.run_id, viewer)] == [record.id] * allowed(record)


ids = st.text(max_size=6) | st.sampled_from(
    ["a/b", "a", "b", "members", "owner", "workspace/T1", "%2F", "'", '"']
)


@settings(max_examples=300, deadline=None)
@given(
    viewer=st.builds(
        Viewer, user=ids, team=ids, channels=st.frozensets(ids, max_size=3), guest=st.booleans()
    ),
    owner=ids,
    place=st.builds(Place, team=ids, channel=ids, kind=st.sampled_from(KINDS)),
    only_me=st.booleans(),
)
def test_no_odd_name_passes_for_another(viewer: Viewer, owner: str, place: Place, only_me: bool):
    assert may_see(viewer, owner, place, only_me) == in_plain_words(viewer, owner, place, only_me)


def test_a_person_who_left_a_private_channel_sees_its_prompts_no_more():
    place = Place("T1", "C1", "private")
    assert may_see(Viewer("bob", "T1", frozenset({"C1"})), "alice", place, False)
    assert not may_see(Viewer("bob", "T1"), "alice", place, False)
    assert may_see(Viewer("alice", "T1"), "alice", place, False)


def test_a_guest_sees_only_the_channels_they_share():
    place = Place("T1", "C1", "public")
    assert not may_see(Viewer("guest", "T1", guest=True), "alice", place, False)
    assert may_see(Viewer("guest", "T1", frozenset({"C1"}), guest=True), "alice", place, False)
