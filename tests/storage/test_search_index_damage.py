"""The Chroma index: damaged, locked, outdated or missing, the search still answers."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from storage_records import PRIVATE, prompt

from storage.embeddings import HashEmbedder
from storage.errors import StorageError
from storage.store import Store
from storage.visibility import Viewer

BOB = Viewer("bob", "T1")
SEVERAL = 1200  # more than Chroma keeps in its log before it writes index files


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "home"
    with Store(folder) as store:
        with store.database.write():
            for number in range(SEVERAL):
                store.prompts._table.insert(
                    prompt(f"p{number}", f"Sort ticket{number} about matter{number % 7}.")
                )
        assert store.prompts.reindex() == SEVERAL
    return folder


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


def vector_files(home: Path) -> list[Path]:
    return [*home.glob("chroma/*/*/*.bin"), *home.glob("chroma/*/*/*.pickle")]


def truncate_vectors(home: Path) -> None:
    for file in vector_files(home):
        os.truncate(file, 50)


def garble_vectors(home: Path) -> None:
    for file in vector_files(home):
        file.write_bytes(os.urandom(file.stat().st_size))


def garble_database(home: Path) -> None:
    next(home.glob("chroma/*/chroma.sqlite3")).write_bytes(os.urandom(200_000))


def empty_database(home: Path) -> None:
    next(home.glob("chroma/*/chroma.sqlite3")).write_bytes(b"")


def delete_directory(home: Path) -> None:
    shutil.rmtree(home / "chroma")


def put_a_file_in_its_place(home: Path) -> None:
    delete_directory(home)
    (home / "chroma").write_text("what is this?")


def break_seal(home: Path) -> None:
    (home / "chroma.seal").unlink()


def garble_seal(home: Path) -> None:
    (home / "chroma.seal").write_text('{"directory": ["x"]')


def nothing(home: Path) -> None:
    assert len(vector_files(home)) == 5


DAMAGES: list[Callable[[Path], None]] = [
    *(nothing, truncate_vectors, garble_vectors, garble_database, empty_database),
    *(delete_directory, put_a_file_in_its_place, break_seal, garble_seal),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_rebuilt_and_nothing_is_missing(home: Path, damage: Callable[[Path], None]):
    before = {path.name for path in (home / "chroma").iterdir()}
    damage(home)
    # In a process of its own: some damage crashes the process that opens the files.
    script = (
        "import sys; from pathlib import Path; from storage.store import Store; from storage.visibility import Viewer\n"
        "store = Store(Path(sys.argv[1]))\n"
        "found = store.prompts.search('ticket777', Viewer('bob', 'T1'))\n"
        "print(found[0].record.id, store.prompts._index.uses_chroma, store.prompts._index._collection.count())\n"
        "store.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["p777", "True", str(SEVERAL)], done.stderr
    after = {path.name for path in (home / "chroma").iterdir()}
    assert len(after) == 1
    assert (after == before) == (damage is nothing)


def test_what_others_stored_meanwhile_is_taken_in_without_a_rebuild(home: Path):
    before = {path.name for path in (home / "chroma").iterdir()}
    with Store(home) as store, store.database.write():
        for number in range(3):
            store.prompts._table.insert(prompt(f"new{number}", f"Judge the comet{number} sighting."))
    with Store(home) as store:
        store.prompts._vectors.fill()  # as another process would that does not have the index
    with Store(home) as store:
        assert store.prompts.search("comet2", BOB)[0].record.id == "new2"
        assert store.prompts._index._collection.count() == SEVERAL + 3
    assert {path.name for path in (home / "chroma").iterdir()} == before


def test_what_was_deleted_from_sqlite_is_gone_from_the_index(home: Path):
    with Store(home) as store, store.database.write() as connection:
        number = connection.execute("SELECT number FROM prompts WHERE id = 'p777'").fetchone()[0]
        connection.execute("DELETE FROM prompt_vectors WHERE number = ?", (number,))
        connection.execute("DELETE FROM prompts WHERE number = ?", (number,))
    with Store(home) as store:
        assert all(found.record.id != "p777" for found in store.prompts.search("ticket777", BOB))
        assert store.prompts._index._collection.count() == SEVERAL - 1


def test_a_second_process_searches_without_the_index_and_says_so(
    home: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    with Store(home) as first, Store(home) as second:
        first.prompts.prepare()
        expected = [found.record.id for found in first.prompts.search("ticket500 matter3", BOB)]
        assert first.prompts._index.uses_chroma
        assert [found.record.id for found in second.prompts.search("ticket500 matter3", BOB)] == expected
        assert not second.prompts._index.uses_chroma
        assert "another process has the Chroma index" in caplog.text
        with pytest.raises(StorageError, match="Another process"):
            second.prompts.reindex()
        second.prompts.add(prompt("late", "Name the zebra."))
        assert first.prompts.search("zebra", BOB)[0].record.id == "late"
        assert first.prompts._index._collection.count() == SEVERAL + 1
        first.prompts.close()
        second.prompts.search("zebra", BOB)
        assert second.prompts._index.uses_chroma


def test_without_chroma_the_search_compares_one_by_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with Store(home) as store:
        found = store.prompts.similar("Sort ticket777 about matter0.", BOB)
        assert found[0].record.id == "p777"
        assert store.prompts.similar("Sort ticket777 about matter0.", Viewer("eve", "T2")) == []
        assert "Chroma is out of use" in caplog.text
        with pytest.raises(StorageError, match="Chroma cannot be opened"):
            store.prompts.reindex()


def test_both_ways_to_search_find_the_same(home: Path, tmp_path: Path):
    with Store(home) as store:
        store.prompts.prepare()
        vector = store.prompts._vectors.embedder.embed(["Sort ticket345 about matter2."])[0]
        by_index = store.prompts._index.nearest(vector, BOB, 5)
        assert store.prompts._index.uses_chroma
        assert by_index[0] == store.prompts._vectors.scan(vector, BOB, 5)[0]
        assert store.prompts._index.nearest(vector, Viewer("bob", "T2"), 5) == []
        assert store.prompts._vectors.scan(vector, Viewer("bob", "T2"), 5) == []


def test_a_change_of_embedder_recomputes_the_vectors(home: Path):
    class Other(HashEmbedder):
        def __init__(self) -> None:
            super().__init__(64)
            self.id = "other"

    with Store(home, Other()) as store:
        assert store.prompts.search("ticket1199", BOB)[0].similarity > 0.2
        assert store.prompts.reindex() == SEVERAL
        assert store.database.rows("SELECT DISTINCT embedder FROM prompt_vectors") == [("other-64",)]
        assert store.prompts.search("ticket777", BOB)[0].similarity > 0.2
    with Store(home) as store:
        assert store.prompts.reindex() == SEVERAL


def test_many_threads_add_and_search_at_once(tmp_path: Path):
    troubles: list[BaseException] = []
    with Store(tmp_path / "home") as store:

        def work(who: int) -> None:
            try:
                for number in range(10):
                    place = PRIVATE if number % 2 else prompt().place
                    store.prompts.add(prompt(f"{who}-{number}", f"Sort item{who}x{number}.", place=place))
                    assert all(
                        found.record.place != PRIVATE for found in store.prompts.search("sort item", BOB)
                    )
            except BaseException as error:
                troubles.append(error)

        threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert troubles == []
        assert store.prompts._index._collection.count() == 80
        assert len(store.prompts.recent(Viewer("alice", "T1"), 100)) == 80
