"""Whatever people and models write: every screen stays valid, nothing becomes a mention or a link."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.background.request import FileRef, OptimizeRequest, Wish
from bot.background.trouble import Trouble
from bot.slack.blocks import Message
from bot.slack.board import Glance
from bot.slack.escaping import Markup, link, markup
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
from bot.slack.messages.library import Hit, search_results, similar_prompts, standing
from bot.slack.messages.notices import (
    RunLine,
    apology,
    failure,
    invite,
    moved_here,
    not_steering,
    run_list,
    status_list,
    unreachable,
    which_word,
)
from bot.slack.messages.prompt_windows import diff_window, export_window, prompt_window, versions_window
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
from optimizer.events import ArmScore, BaselineScored, BeamSelected, ErrorCase, RunFinished, RunStarted
from optimizer.holdout_events import ChangedExample, ConfusionCount, HoldoutDetails, HoldoutTested
from tests.bot.hostile import CHANNEL, OWNER, URL, check_message, check_view, hostile, huge, record

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
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


@many
@given(hostile, huge, hostile, hostile)
def test_search_results_and_windows_are_safe(title, text, asked, why):
    hits = [Hit(record(title, text), URL, why)] * 5
    check_message(search_results(asked, hits, "/prompts"))
    check_message(search_results(asked, [], "/prompts"))
    check_message(similar_prompts(hits[:3]))
    check_view(prompt_window(record(title, text)))


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
        check_view(optimize_form(FormContext("T1", ""), facts, Prefill(filled)))


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
    stored = replace(record(title, text), status=status, status_by=who, status_at=1.0)
    bar = review_bar("p-1", "r-1", standing(stored))
    finished = RunFinished(text, text, text, "better", "rounds", 4, 9, 2, 10, 10, None, ())
    check_message(draw_outcome(Outcome("r-abc", OWNER, finished, None, 9, (who,), actions=tuple(bar))))
    check_message(Message("x", tuple(with_standing(bar, "p-1", standing(stored)))))
    check_message(another_round_offer("d-1", text))
    check_message(shared_prompt(title, OWNER, text, who))
    check_message(share_question("d-1", OWNER, CHANNEL, title))
    check_message(decided(standing(stored)))
    for view in (
        prompt_window(stored, mine=True),
        versions_window([stored] * 70),
        diff_window([stored, replace(stored, id="p-2", text=title)], "first", "p-2", "p-2"),
        diff_window([stored], "first", "p-1", "p-1"),
        export_window(stored),
        changes_form("p-1", title),
        share_form("p-1", title, mine=False, hidden=True),
        delete_form("r-1", title),
        search_window(
            title, search_results(title, [Hit(stored, URL, who)], "/prompts", page=1, more=True).blocks
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
    records = [record(text, text) for text in texts]
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
