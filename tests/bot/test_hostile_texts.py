"""Whatever people and models write: every screen stays valid, nothing becomes a mention or a link."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.background.trouble import Trouble
from bot.slack.diff import MAX_LINES, short_diff, whole_diff
from bot.slack.escaping import Markup, escape, link, markup, mention
from bot.slack.forms import FormContext, FormFacts, Prefill, optimize_form
from bot.slack.messages.card import RunCard, Stage, draw_card
from bot.slack.messages.final import Outcome, draw_outcome
from bot.slack.messages.held_out import behind_the_verdict
from bot.slack.messages.library import Hit, prompt_window, search_results, similar_prompts
from bot.slack.messages.notices import RunLine, apology, failure, invite, status_list, unreachable
from bot.slack.messages.steps import RoundNotes, baseline, round_reply, understood
from optimizer.events import (
    ArmScore,
    BaselineScored,
    BeamSelected,
    ChangedExample,
    ConfusionCount,
    ErrorCase,
    HoldoutDetails,
    HoldoutTested,
    RunFinished,
    RunStarted,
)
from storage.prompts import PromptRecord
from storage.runs import Place
from tests.bot.hostile import CHANNEL, OWNER, check_message, check_view, hostile, huge

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
URL = "https://sandbox.example/archives/C1/p1"
share = st.floats(0, 1)
_STAGES: list[Stage] = ["queued", "reading", "running", "paused", "done", "cancelled", "failed"]


@many
@given(hostile, hostile, hostile, hostile, st.sampled_from(_STAGES), share, st.integers(0, 10**9))
def test_the_first_message_is_safe_at_every_stage(title, files, model, doing, stage, score, calls):
    card = RunCard(
        "r-abc", OWNER, title, "quick", files, stage=stage, examples=5, metric="label",
        models=(model, model + "simulated"), round=1, rounds=4, start=score, best=score, fraction=score,
        calls=calls, forecast_calls=calls, cost=1.5, priced=True, seconds=9, seconds_left=7e5, doing=doing,
        result_link=URL if stage == "done" else "", headline=title if stage == "done" else "",
    )  # fmt: skip
    content = draw_card(card)
    allowed = Markup(link(URL, "Go to the result").text).text
    check_message_with(content, {allowed})


def check_message_with(content, more):
    from tests.bot import hostile as checks

    checks.ALLOWED_LIVE |= more
    try:
        check_message(content)
    finally:
        checks.ALLOWED_LIVE -= more


@many
@given(hostile, st.lists(hostile, max_size=30), st.lists(hostile, max_size=15), hostile, hostile)
def test_the_data_summary_is_safe(column, labels, warnings, model, metric):
    event = RunStarted(
        "r-abc", "protegi", "quick", "p", metric, model, model + "2", 0, 100, 50, 50,
        (column, column), column, tuple(labels), 800, None, 0.1, tuple(warnings),
    )  # fmt: skip
    check_message(understood(event))
    check_message(baseline(BaselineScored(0.5, 20, 3)))


@many
@given(huge, huge, huge, huge, st.lists(hostile, max_size=5), hostile, st.booleans())
def test_a_round_is_safe(before, after, summary, reason, reasons, case, improved):
    selected = BeamSelected(2, (ArmScore("c1", 0.7, 32),), "c1", 0.7, after, before, reason, improved, 500)
    cases = (ErrorCase(case, case, case),) * 4
    notes = RoundNotes(2, 4, 0.5, selected, summary, cases, tuple(reasons), 8, ((case, case),) * 5)
    check_message(round_reply(notes))


@many
@given(huge, huge, hostile, st.sampled_from(["better", "not shown", "worse"]), share, st.booleans())
def test_the_result_is_safe_and_fits_for_prompts_of_any_length(seed, final, trouble, verdict, score, tested):
    finished = RunFinished(
        seed, final, final, verdict, "rounds", 4, 900, 20, 10**6, 10**5, 1.234, ((trouble, 3),) * 8
    )
    holdout = HoldoutTested(
        88, score, score, 0.1, (-0.01, 0.2), 0.04, 20, 5, 1, 0, 0.09, verdict, trouble[:50]
    )
    outcome = Outcome("r-abc", OWNER, finished, holdout if tested else None, 99, (trouble, "simulated"))
    check_message(draw_outcome(outcome))


@many
@given(st.lists(st.tuples(hostile, hostile), max_size=40), st.lists(hostile, max_size=8))
def test_the_details_of_the_final_test_are_safe(cells, changed):
    confusion = tuple(ConfusionCount(expected, answered, 3, 4) for expected, answered in cells)
    examples = tuple(ChangedExample(1, text, text, text, text, 1.0, 0.0, text) for text in changed)
    content = behind_the_verdict(HoldoutDetails(confusion, examples, len(examples)))
    if content is not None:
        check_message(content)


def _record(title, text, channel=CHANNEL):
    return PromptRecord(
        "p-1", "r-1", 1, title, text, text, OWNER, Place("T1", channel, "public", "1.2"), False, "better",
        0.5, 0.7, 88, "label", "protegi", 0.0,
    )  # fmt: skip


@many
@given(hostile, huge, hostile, hostile)
def test_search_results_and_windows_are_safe(title, text, asked, why):
    hits = [Hit(_record(title, text), URL, why)] * 5
    check_message(search_results(asked, hits, "/prompts"))
    check_message(search_results(asked, [], "/prompts"))
    check_message(similar_prompts(hits[:3]))
    check_view(prompt_window(_record(title, text)))


@many
@given(huge, hostile, hostile)
def test_notices_are_safe(message, fix, name):
    trouble = Trouble(message, fix, "abcd1234", again=True)
    check_message(failure(trouble, "r-abc", charged=False))
    check_message(apology(trouble))
    check_message(invite(CHANNEL, name))
    check_message(unreachable(CHANNEL, "r-abc", name, message))
    check_message(status_list([RunLine("r-abc", message, "running", CHANNEL, URL, True)] * 12, "/optimize"))


@many
@given(hostile, hostile)
def test_the_form_is_safe_whatever_is_filled_in(prompt, model):
    facts = FormFacts(model, model, True, 10 * 1024 * 1024, {"quick": model})
    check_view(optimize_form(FormContext("T1", CHANNEL), facts, Prefill(prompt[:3000], prompt[:100])))


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
