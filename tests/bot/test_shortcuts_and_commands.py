"""Shortcuts and sub-commands: a message becomes a prompt without damage, words answer the asker alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.incoming.rich_text import read_typed
from sandbox.workspace.markup import typed_text
from tests.bot.office import PROMPT, TICKETS, Office, run_id_of, shown
from tests.bot.test_review import keep

FILES = [("tickets.csv", TICKETS)]


def field(view: dict, block: str) -> dict:
    return next(one["element"] for one in view["blocks"] if one.get("block_id") == block)


def test_a_message_and_its_files_become_prompt_and_examples(office: Office):
    text = "Which team & why? a < b > c `{ticket}`\n\n*keep* _this_ <!channel> &amp;"
    ts = office.workspace.send("bob", "prompts", text, files=FILES)
    office.workspace.shortcut("alice", "optimize_message", "prompts", ts)
    view = office.window("alice")
    assert field(view, "prompt")["initial_value"] == text
    assert "tickets.csv" in shown(view)
    assert office.workspace.submit("alice", {"prompt": PROMPT}) == {}
    parent = office.card()
    assert parent["thread_ts"] == ts
    assert office.ended(run_id_of(parent)) == "done"


def test_the_shortcut_works_inside_a_thread(shared_office: Office):
    office = shared_office
    root = office.workspace.send("bob", "prompts", "look")
    ts = office.workspace.send("bob", "prompts", f"```{PROMPT}```", thread_ts=root, files=FILES)
    office.workspace.shortcut("alice", "optimize_message", "prompts", ts)
    assert field(office.window("alice"), "prompt")["initial_value"] == PROMPT.strip("\n")
    assert office.workspace.submit("alice", {"prompt": PROMPT}) == {}
    assert office.card()["thread_ts"] == root


def test_the_words_of_a_message_are_not_taken_for_a_verb(shared_office: Office):
    office = shared_office
    ts = office.workspace.send("bob", "prompts", "Improve this text: {ticket}")
    office.workspace.shortcut("alice", "optimize_message", "prompts", ts)
    assert field(office.window("alice"), "prompt")["initial_value"] == "Improve this text: {ticket}"


def test_the_global_shortcut_asks_where_and_starts_in_direct_messages(office: Office):
    office.workspace.shortcut("alice", "optimize_global")
    offered = field(office.window("alice"), "post_to")["filter"]["include"]
    assert "im" not in offered, "other people's direct messages would be among them"
    assert office.workspace.submit("alice", {"prompt": PROMPT, "examples": FILES}) == {}
    office.says("held-out examples", channel="@alice")


def test_a_channel_without_the_bot_or_without_the_person_is_refused_at_its_field(shared_office: Office):
    office = shared_office
    for user, channel, words in (("alice", "general", "/invite"), ("carol", "secret-lab", "not a member")):
        office.workspace.shortcut(user, "optimize_global")
        office.window(user)
        place = office.workspace.channel_id(channel)
        answer = office.workspace.submit(user, {"prompt": PROMPT, "examples": FILES, "post_to": place})
        assert words in answer["errors"]["post_to"]
        office.workspace.close_view(user)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=200))
def test_text_survives_the_way_through_slack(text: str):
    stored, blocks = typed_text(text, lambda name: None)
    typed = read_typed({"text": stored, "blocks": blocks})
    if "```" not in text:
        assert typed.text == text
    assert read_typed({"text": stored}).text.replace("```", "") == text.replace("```", "") or "```" in text


def test_rich_text_is_rebuilt_with_lists_links_and_styles():
    blocks = [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "You are "},
                        {"type": "text", "text": "very careful", "style": {"bold": True}},
                        {"type": "text", "text": ". See "},
                        {"type": "link", "url": "https://a.example/x?a=1&b=2"},
                        {"type": "user", "user_id": "U0BOT"},
                        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "one <b>"}]},
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "two & three"}]},
                    ],
                },
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": '{"a": "&lt;"}'}]},
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said\nso"}]},
            ],
        }
    ]
    typed = read_typed({"blocks": blocks, "text": "damaged"}, leave_out="U0BOT")
    assert typed.text == (
        "You are *very careful*. See https://a.example/x?a=1&b=2👋\n"
        "1. one <b>\n2. two & three\n"
        '```\n{"a": "&lt;"}\n```\n> said\n> so'
    )
    assert typed.fenced == ('{"a": "&lt;"}',)
    assert typed.people == ()


def test_text_without_blocks_loses_its_markup_and_keeps_its_characters():
    typed = read_typed(
        {"text": "a &lt;b&gt; &amp;amp; <https://x.example|x> <mailto:a@b.c|a@b.c> <@U1> <!here>"}
    )
    assert typed.text == "a <b> &amp; [x](https://x.example) a@b.c @U1 @here"
    assert typed.people == ("U1",)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/optimize help", "Improve a prompt with your own examples"),
        ("/optimize search refunds", "Nothing found"),
        ("/optimize stop", "no run under way"),
        ("/optimize stauts", "none of my words"),
        ("/prompts help", "as far as you may see them"),
        ("/prompts export", "as a direct message"),
        ("/prompts export p-nothing", "no prompt p-nothing that you can see"),
    ],
)
def test_words_answer_the_asker_alone(shared_office: Office, command: str, words: str):
    office = shared_office
    office.workspace.slash("carol", "prompts", command)
    assert office.says(words)["seen_only_by"] == office.workspace.user_id("carol")
    assert office.workspace.views("carol") == []


def test_a_slip_of_one_word_can_still_be_the_prompt(shared_office: Office):
    office = shared_office
    office.workspace.slash("alice", "prompts", "/optimize classify")
    asked = office.says("none of my words")
    office.workspace.click("alice", "prompts", asked["ts"], "optimize.as_prompt")
    assert field(office.window("alice"), "prompt")["initial_value"] == "classify"


def test_the_demo_fills_in_a_task_that_runs(office: Office):
    office.workspace.slash("alice", "prompts", "/optimize demo")
    view = office.window("alice")
    assert "{ticket}" in field(view, "prompt")["initial_value"]
    assert office.workspace.submit("alice", {}) == {}
    parent = office.card()
    assert office.ended(run_id_of(parent)) == "done"
    office.workspace.slash("alice", "prompts", "/optimize history")
    assert run_id_of_line(office) in run_id_of(parent)


def run_id_of_line(office: Office) -> str:
    text = shown(office.says("Runs that have ended"))
    return text[text.index("r-") :].split()[0].strip("*")


def test_table_cells_are_never_formulas(tmp_path: Path):
    from bot.slack.exporting import harmless_cell

    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=cmd|' /C calc'!A0"):
        assert harmless_cell(text).startswith("'")
    assert harmless_cell("a plain prompt") == "a plain prompt"


@pytest.mark.parametrize(
    ("text", "words", "fields"),
    [
        ("refund tickets", "refund tickets", {}),
        ("owner:me refunds since:30d", "refunds", {"owner": "U1", "since": 1_000_000 - 30 * 86_400}),
        ("gain>10 a status:accepted", "a", {"gain": 0.1, "status": "accepted"}),
        ("gain > 0.25", "", {"gain": 0.25}),
        (
            "owner:<@U0000BOB001|bob> channel:<#C00PROMPTS1|prompts>",
            "",
            {"owner": "U0000BOB001", "channel": "C00PROMPTS1"},
        ),
        ("owner:@bob channel:#prompts a", "a", {"owner": "U0000BOB001", "channel": "C00PROMPTS1"}),
        ('owner:"Bob Berger" a', "a", {"owner": "U0000BOB001"}),
        ("kind:classify note:this", "note:this", {"kind": "classify"}),
    ],
)
def test_a_search_is_narrowed_by_conditions_and_other_words_stay_words(text, words, fields):
    from bot.slack.incoming.search_words import Search, read_search
    from storage.search_filters import SearchFilters

    assert read_search(text, "U1", Known(), now=1_000_000) == Search(words, SearchFilters(**fields))


@pytest.mark.parametrize("slip", ["emails", "langchain", "emails openai", "p-one openai now"])
def test_a_slip_after_export_sends_nothing(shared_office: Office, slip: str):
    office = shared_office
    before = len(office.workspace.messages("@alice"))
    office.workspace.slash("alice", "prompts", f"/prompts export {slip}")
    told = office.says("I do not understand `export")
    assert told["seen_only_by"] == office.workspace.user_id("alice")
    assert len(office.workspace.messages("@alice")) == before


def test_ids_are_read_in_capitals_too(shared_office: Office):
    office = shared_office
    keep(office, "caps")
    office.workspace.slash("alice", "prompts", "/prompts SHOW P-CAPS")
    office.window("alice", "words of caps")
    office.workspace.slash("alice", "prompts", "/optimize stop R-CAPS")
    assert "r-caps is not under way any more" in shown(office.says("r-caps"))


def test_what_trying_again_cannot_mend_is_not_offered_again(shared_office: Office):
    office = shared_office
    office.ask(examples=[("t.csv", b"a,b\n1,2\n")])
    card = office.says("Could not finish")
    assert "Try again" not in shown(card)


class Known:
    """One person and one channel."""

    def person(self, name: str) -> str:
        return "U0000BOB001" if name.strip('"@').lower() in ("bob", "bob berger") else ""

    def channel(self, name: str) -> str:
        return "C00PROMPTS1" if name == "#prompts" else ""


def test_conditions_that_nobody_understands_are_named_and_narrow_nothing():
    from bot.slack.incoming.search_words import Search, read_search
    from storage.search_filters import SearchFilters

    asked = "refunds status:great since:yesterday owner:@nobody channel:#nowhere"
    unknown = ("status:great", "since:yesterday", "owner:@nobody", "channel:#nowhere")
    assert read_search(asked, "U1", Known()) == Search("refunds", SearchFilters(), unknown)


def test_a_search_in_the_window_keeps_what_was_chosen_apart_from_the_words():
    from bot.slack.incoming.search_words import chosen_in, with_here

    assert chosen_in("a owner:U0000BOB001 b channel:C00PROMPTS1") == ("a b", "U0000BOB001", "C00PROMPTS1")
    assert chosen_in("owner:@bob channel:here") == ("owner:@bob channel:here", "", "")
    assert with_here("a channel:here", "C00PROMPTS1") == "a channel:C00PROMPTS1"
