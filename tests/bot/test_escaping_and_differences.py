"""What is drawn for people from prompts: escaped text, mentions and links, the difference between two prompts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.diff import MAX_LINES, short_diff, whole_diff
from bot.slack.escaping import escape, link, markup, mention
from tests.bot.hostile import huge

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(huge, huge)
def test_a_difference_is_short_in_the_message_and_whole_in_the_file(before, after):
    lines = short_diff(before, after).splitlines()
    assert len(lines) <= MAX_LINES
    if before.splitlines() != after.splitlines():
        assert whole_diff(before, after, "a", "b").strip()


@many
@given(huge, st.integers(10, 3000))
def test_escaped_text_keeps_its_limit_and_whole_entities(text, limit):
    escaped = escape(text, limit)
    assert "<" not in escaped
    assert ">" not in escaped
    assert len(escaped) <= limit * 2  # fences grow by their invisible breaks, at most one for each mark
    for piece in escaped.split("&")[1:]:
        assert piece.startswith(("amp;", "lt;", "gt;"))


def test_only_slack_ids_become_mentions_and_only_web_addresses_links():
    assert mention("U000ALICE01").text == "<@U000ALICE01>"
    assert "<" not in mention("!channel").text
    assert "<" not in link("javascript:alert(1)", "x").text
    assert "<" not in link("https://a|<!channel>", "x").text
    assert markup("{x}", x="<!channel>").text == "&lt;!channel&gt;"


def test_a_changed_line_stands_below_its_old_form_and_shows_where_it_changed():
    shared = (
        "bug: crash, freeze, error, stops, hangs, outage, slow, timeout, glitch, firmware, regression, stuck"
    )
    before = f"Decide.\n- {shared}\n- billing: fee\nTicket: {{ticket}}"
    after = f"Decide.\n- {shared}, february\n- billing: fee, refund\nTicket: {{ticket}}"
    lines = short_diff(before, after).splitlines()
    assert [line[0] for line in lines] == [" ", "-", "+", "-", "+", " "]
    assert lines[2].endswith("stuck, february")
    assert len(lines[2]) < 110


def test_equal_prompts_have_no_difference():
    assert short_diff("same\ntext", "same\ntext") == ""
