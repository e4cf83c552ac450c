"""Whatever people and models write: every screen stays valid, nothing becomes a mention or a link."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.background.request import FileRef, OptimizeRequest, Wish
from bot.background.trouble import Trouble
from bot.slack.blocks import Message
from bot.slack.board import Glance
from bot.slack.diff import MAX_LINES, short_diff, whole_diff
from bot.slack.escaping import Markup, escape, link, markup, mention
from bot.slack.exporting import table_of
from bot.slack.form_inputs import FormContext
from bot.slack.forms import FormFacts, Prefill, optimize_form
from bot.slack.incoming.pieces import Pieces
from bot.slack.messages.card import RunCard, Stage, draw_card
from bot.slack.messages.drafts import draw_draft, draw_settled
from bot.slack.messages.earlier import Step, earlier_steps, step_window
from bot.slack.messages.final import Outcome, draw_outcome
from bot.slack.messages.held_out import behind_the_verdict
from bot.slack.messages.home import HomeFacts, draw_home
from bot.slack.messages.library import (
    Hit,
    diff_window,
    export_window,
    prompt_window,
    search_results,
    similar_prompts,
    standing,
    versions_window,
)
from bot.slack.messages.notices import (
    RunLine,
    apology,
    failure,
    invite,
    moved_here,
    not_steering,
    notice,
    run_list,
    status_list,
    unreachable,
    which_word,
)
from bot.slack.messages.review import (
    another_round_offer,
    changes_form,
    decided,
    delete_form,
    review_bar,
    share_form,
    share_question,
    shared_prompt,
    with_standing,
)
from bot.slack.messages.search import search_window
from bot.slack.messages.steps import RoundNotes, baseline, round_line, round_reply, understood
from optimizer.config import Budget
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
from tests.bot.hostile import BARBS as _BARBS
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
@given(st.integers(1, 10**6), st.integers(2, 300), share, share, st.booleans())
def test_the_list_of_earlier_rounds_fits_however_many_there_are(first, rounds, before, after, improved):
    selected = BeamSelected(first, (ArmScore("c1", after, 10**6),), "c1", after, "b", "a", "r", improved, 500)
    line = round_line(RoundNotes(first, 10**6, before, selected, proposed=10**6))
    check_message(earlier_steps("r-abcdefgh", "round", [Step(first + n, line) for n in range(rounds)]))


@many
@given(huge, huge, hostile)
def test_a_round_that_is_read_again_is_safe(before, after, reason):
    selected = BeamSelected(2, (ArmScore("c1", 0.7, 32),), "c1", 0.7, after, before, reason, True, 500)
    notes = RoundNotes(2, 4, 0.5, selected, before, (ErrorCase(reason, after, before),), (), 8)
    check_view(step_window("round", 2, round_reply(notes)))


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
    ref = FileRef("F1", prompt, 1, "")
    wish = Wish(prompt, OWNER)
    for filled in (
        OptimizeRequest(prompt_text=prompt, pasted=prompt[:3000], goal=prompt, target=prompt),
        OptimizeRequest(prompt_file=ref, example_files=(ref,) * 5, wishes=(wish,) * 3),
    ):
        check_view(optimize_form(FormContext("T1", CHANNEL), facts, Prefill(filled, Markup("x"))))
        check_view(optimize_form(FormContext("T1", ""), facts, Prefill(filled, direct="D00000001")))


@many
@given(huge, hostile, st.lists(hostile, max_size=8))
def test_questions_about_posted_requests_are_safe(prompt, name, doubts):
    ref = FileRef("F1", name, 1, "")
    for request in (
        OptimizeRequest(prompt_text=prompt),
        OptimizeRequest(prompt_file=ref, example_files=(ref,) * 5),
        OptimizeRequest(prompt_text=prompt, example_files=(ref,), pasted=prompt[:50]),
    ):
        check_message(draw_draft("d-1", Pieces(request, tuple(doubts))))
    check_message(draw_settled("r-abc"))


@many
@given(huge, hostile, hostile, st.sampled_from(["draft", "accepted", "superseded", "rejected"]))
def test_review_screens_are_safe(text, title, who, status):
    record = replace(_record(title, text), status=status, status_by=who, status_at=1.0)
    bar = review_bar("p-1", "r-1", standing(record))
    finished = RunFinished(text, text, text, "better", "rounds", 4, 9, 2, 10, 10, None, ())
    check_message(draw_outcome(Outcome("r-abc", OWNER, finished, None, 9, (who,), actions=tuple(bar))))
    check_message(Message("x", tuple(with_standing(bar, "p-1", standing(record)))))
    check_message(another_round_offer("d-1", text))
    check_message(shared_prompt(title, OWNER, text, who))
    check_message(share_question("d-1", OWNER, CHANNEL, title))
    check_message(decided(standing(record)))
    for view in (
        prompt_window(record, mine=True),
        versions_window([record] * 70),
        diff_window([record, replace(record, id="p-2", text=title)], "first", "p-2", "p-2"),
        diff_window([record], "first", "p-1", "p-1"),
        export_window(record),
        changes_form("p-1", title),
        share_form("p-1", title, mine=False, hidden=True),
        delete_form("r-1", title),
        search_window(
            title, search_results(title, [Hit(record, URL, who)], "/prompts", page=1, more=True).blocks
        ),
    ):
        check_view(view)


@many
@given(hostile, hostile, hostile)
def test_the_home_tab_and_lists_are_safe(title, model, status):
    line = RunLine("r-abc", title, status, CHANNEL, URL, True, title, "p-1", "today")
    glance = Glance("running", markup("{x}", x=model), 5, 0.5)
    facts = HomeFacts(
        [(line, glance), (line, None)] * 8,
        [replace(line, running=False)] * 8,
        FormFacts(model, model, True, 10, {"quick": model}),
        Budget(calls=10, cost=1.0),
        "/optimize",
        "/prompts",
        "/evolve",
    )
    check_view(draw_home(facts), "home")
    check_message(run_list("Runs", [line] * 12, "/optimize"))
    check_message(which_word(title))
    check_message(not_steering(OWNER))
    check_message(moved_here(CHANNEL, title))


@many
@given(st.lists(hostile, min_size=1, max_size=6))
def test_an_exported_table_has_no_formulas(texts):
    records = [_record(text, text) for text in texts]
    rows = list(csv.reader(io.StringIO(table_of(records), newline="")))
    assert len(rows) == len(records) + 1
    for row in rows[1:]:
        for cell in row:
            assert not cell.strip().startswith(("=", "+", "@")), cell
            assert not (cell.strip().startswith("-") and not _is_number(cell)), cell


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_ten_thousand_hostile_texts_through_every_renderer():
    """A fixed stream of texts, so that the figure is the same in every run."""
    draw = random.Random(20_260_730)
    shown = 0
    for _ in range(10_000):
        text = "".join(
            draw.choice(_BARBS) if draw.random() < 0.6 else _noise(draw) for _ in range(draw.randint(1, 4))
        )
        for content in _every_message(text[:8_000]):
            check_message(content)
            shown += 1
    assert shown >= 10_000


def _noise(draw):
    return "".join(chr(draw.choice((draw.randint(1, 0x2FF), draw.randint(0x300, 0xFFFF)))) for _ in range(12))


_RENDERERS = (
    lambda t: draw_card(RunCard("r-1", OWNER, t, t, t, stage="running", doing=t, models=(t,), metric=t)),
    lambda t: draw_draft("d-1", Pieces(OptimizeRequest(prompt_text=t), (t,))),
    lambda t: another_round_offer("d-1", t),
    lambda t: shared_prompt(t, OWNER, t, t),
    lambda t: share_question("d-1", OWNER, CHANNEL, t),
    lambda t: search_results(t, [Hit(_record(t, t), URL, t)], "/prompts"),
    lambda t: run_list("Runs", [RunLine("r-1", t, t, CHANNEL, URL, True, t, "p-1", t)], "/optimize"),
    lambda t: which_word(t),
    lambda t: failure(Trouble(t, t, "ref", again=True), "r-1", charged=True),
    lambda t: notice(markup("Note: {t}", t=t)),
    lambda t: baseline(BaselineScored(0.5, 3, 1), t),
    lambda t: draw_outcome(
        Outcome(
            "r-1",
            OWNER,
            RunFinished(t, t, t, "better", "rounds", 1, 1, 1, 1, 1, 1.0, ((t, 1),)),
            None,
            1,
            (t,),
        )
    ),
)


def _every_message(text):
    """Each text goes through two renderers in turn; all are met eight hundred times and more."""
    _TURN[0] += 2
    for step in range(2):
        yield _RENDERERS[(_TURN[0] + step) % len(_RENDERERS)](text)


_TURN = [0]


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
