"""What a run left becomes its owner's alone, or comes back to the others, for every way of finding it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_records import PRIVATE, prompt
from test_changed_channels import EVERYTHING, MEMBER, OUTSIDER, OWNER, WORDS, fill, seen

from storage.store import Store
from storage.visibility import Viewer


def test_what_was_for_all_is_the_owners_alone_and_comes_back(store: Store):
    fill(store)
    assert store.privacy.set("run-p1", only_me=True)
    assert not store.privacy.set("run-p1", only_me=True)
    assert seen(store, OUTSIDER) == seen(store, MEMBER) == {"else"}
    assert seen(store, OWNER) == {"p1", "mine", "else"}
    assert store.prompts.get("p1", OWNER).only_me
    assert store.runs.get("run-p1").only_me
    assert store.privacy.set("run-p1", only_me=False)
    assert seen(store, OUTSIDER) == {"p1", "else"}
    assert store.privacy.set("run-mine", only_me=False)
    assert seen(store, OUTSIDER) == {"p1", "mine", "else"}


def test_the_chroma_index_follows(store: Store):
    pytest.importorskip("chromadb")
    fill(store)
    assert len(store.prompts.search(WORDS, EVERYTHING, 50)) == 4
    index, vector = store.prompts._index, store.prompts._vectors.embedder.embed([WORDS])[0]
    before = index.nearest(vector, OUTSIDER, 10) or ()
    store.privacy.set("run-p1", only_me=True)
    assert len(index.nearest(vector, OUTSIDER, 10) or ()) == len(before) - 1
    store.privacy.set("run-p1", only_me=False)
    assert len(index.nearest(vector, OUTSIDER, 10) or ()) == len(before)


def test_a_channel_that_changes_leaves_it_the_owners_alone(store: Store):
    fill(store)
    store.privacy.set("run-p1", only_me=True)
    store.places.follow("T1", "C-open", "private")
    assert "p1" not in seen(store, MEMBER)
    store.privacy.set("run-p1", only_me=False)
    assert "p1" in seen(store, MEMBER)
    assert "p1" not in seen(store, OUTSIDER)


def test_a_prompt_that_outlived_its_run_changes_with_all_its_versions(store: Store):
    inside = Viewer("dave", "T1", frozenset({PRIVATE.channel}))
    for version in (1, 2):
        name = f"old-{version}"
        store.prompts.add(replace(prompt(name, WORDS, place=PRIVATE), run_id="run-old", version=version))
    assert len(store.prompts.of_run("run-old", inside)) == 2
    assert store.privacy.set("run-old", only_me=True)
    assert store.prompts.of_run("run-old", inside) == []
    assert not store.privacy.set("run-unknown", only_me=True)
