"""Searches that are narrowed to a person or a channel, by names as people type them and by menus."""

from __future__ import annotations

import pytest

from tests.bot.office import Office, shown
from tests.bot.test_review import keep


@pytest.fixture
def stocked(shared_office: Office) -> Office:
    office = shared_office
    if not office.store.database.rows("SELECT 1 FROM prompts"):
        keep(office, "alices")
        keep(office, "bobs", owner="bob")
        keep(office, "lab", "secret-lab", "private")
    return office


def finds(office: Office, user: str, words: str, channel: str = "") -> str:
    place = channel or f"@{user}"
    before = len(office.workspace.messages(place, user=user))
    office.workspace.slash(user, place, f"/prompts routing {words}")
    return shown(office.workspace.wait(lambda: office.workspace.messages(place, user=user)[before:])[-1])


@pytest.mark.parametrize("words", ["owner:@bob", "owner:bob", 'owner:"Bob Berger"', "owner:@Bob"])
def test_a_name_narrows_to_its_owner(stocked: Office, words: str):
    text = finds(stocked, "alice", words)
    assert "Routing bobs" in text
    assert "Routing alices" not in text


def test_the_name_of_a_channel_or_here_narrows_to_it(stocked: Office):
    for text in (
        finds(stocked, "alice", "channel:#secret-lab"),
        finds(stocked, "alice", "channel:here", "secret-lab"),
    ):
        assert "Routing lab" in text
        assert "Routing alices" not in text
    assert "Routing lab" not in finds(stocked, "alice", "channel:#prompts")


@pytest.mark.parametrize("way", ["/optimize search", "/evolve search", "<@U0PROMPTBM1> search"])
def test_here_is_understood_wherever_words_are_searched(stocked: Office, way: str):
    fresh = len(stocked.workspace.messages("secret-lab", user="alice"))
    asked = f"{way} routing channel:here"
    if way.startswith("/"):
        stocked.workspace.slash("alice", "secret-lab", asked)
    else:
        stocked.workspace.send("alice", "secret-lab", asked)

    def answer() -> str:
        new = stocked.workspace.messages("secret-lab", user="alice")[fresh:]
        return next((shown(m) for m in new if m.get("seen_only_by")), "")

    text = stocked.workspace.wait(answer, 10, "the answer")
    assert "Routing lab" in text
    assert "Routing alices" not in text
    assert "did not understand" not in text


def test_in_a_window_there_is_no_here_and_it_says_so(stocked: Office):
    stocked.workspace.open_home("alice")
    home = stocked.workspace.home("alice")
    stocked.workspace.click_in_view("alice", "search.open", view_id=home["id"])
    stocked.window("alice")
    stocked.workspace.submit("alice", {"search": "routing channel:here"})
    assert "in a window, choose the channel" in shown(
        stocked.window("alice", "did not understand channel:here")
    )
    stocked.workspace.close_view("alice")


def test_the_name_of_a_channel_that_one_may_not_know_is_one_that_nobody_knows(stocked: Office):
    hidden, unknown = (finds(stocked, "carol", f"channel:#{name}") for name in ("secret-lab", "no-such-one"))
    assert "did not understand" in hidden
    assert hidden.replace("secret-lab", "X") == unknown.replace("no-such-one", "X")
    assert "Routing alices" in hidden


def test_menus_in_the_window_narrow_too_and_keep_what_was_chosen(stocked: Office):
    stocked.workspace.open_home("alice")
    home = stocked.workspace.home("alice")
    stocked.workspace.click_in_view("alice", "search.open", view_id=home["id"])
    stocked.workspace.wait(lambda: "search.owner" in str(stocked.workspace.view("alice")), 10, "the window")
    bob, prompts = stocked.workspace.user_id("bob"), stocked.workspace.channel_id("prompts")
    given = {"search": "routing", "search.owner": bob, "search.channel": prompts}
    stocked.workspace.submit("alice", given)
    stocked.workspace.wait(lambda: "Routing bobs" in shown(stocked.workspace.view("alice")), 10, "the hits")
    view = stocked.workspace.view("alice")
    assert "Routing alices" not in shown(view)
    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert fields["search"]["initial_value"] == "routing"
    assert fields["search.owner"]["initial_user"] == bob
    assert fields["search.channel"]["initial_conversation"] == prompts
