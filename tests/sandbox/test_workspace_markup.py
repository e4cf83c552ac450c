"""Escaping on the way in, and the rich_text block of what people type."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.workspace.markup import escape, tidy_app_text, typed_text


def find_user(name: str) -> str | None:
    return {"bob": "U0000BOB001", "U0000BOB001": "U0000BOB001"}.get(name)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def literal(blocks: list) -> str:
    """All literal text of a rich_text block, in order."""
    if not blocks:
        return ""
    return "".join(piece.get("text", "") for entity in blocks[0]["elements"] for piece in entity["elements"])


@given(st.text())
def test_escaping_can_be_undone(text):
    assert unescape(escape(text)) == text
    assert "<" not in escape(text)


@given(st.text(alphabet=st.characters(exclude_characters="`@<>")))
def test_plain_typing_survives_in_text_and_in_the_block(text):
    if "http" in text:
        return
    stored, blocks = typed_text(text, find_user)
    assert unescape(stored) == text
    assert literal(blocks) == text


@given(st.text(alphabet="ab `<>&@\n:/htps.bob"))
def test_whatever_is_typed_only_known_markup_is_live(text):
    stored, _ = typed_text(text, find_user)
    rest = stored.replace("<@U0000BOB001>", "")
    for piece in rest.split("<")[1:]:
        assert piece.startswith("http")


@given(st.text(alphabet="ab<>&@!#|U1:/htps&amp;lt;"))
def test_an_apps_text_is_stable_once_it_is_stored(text):
    once = tidy_app_text(text)
    assert tidy_app_text(once) == once


def test_a_fenced_prompt_comes_back_from_the_block_as_it_was_typed():
    prompt = "Is <this> & that `ok`?\n  {text}"
    _, blocks = typed_text(f"please ```\n{prompt}\n```", find_user)
    assert blocks[0]["elements"][1] == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": prompt}],
        "border": 0,
    }


def test_mentions_code_and_links_become_pieces_of_their_own():
    stored, blocks = typed_text(
        "@bob and <@U0000BOB001> see `a<b` at https://e.x/?a=1&b=2 @nobody", find_user
    )
    assert stored == ("<@U0000BOB001> and <@U0000BOB001> see `a&lt;b` at <https://e.x/?a=1&amp;b=2> @nobody")
    kinds = [piece["type"] for piece in blocks[0]["elements"][0]["elements"]]
    assert kinds == ["user", "text", "user", "text", "text", "text", "link", "text"]
