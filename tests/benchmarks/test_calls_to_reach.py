"""When racing is as good as protegi's last prompt, and that a cut benchmark goes on where it was."""

import importlib

import pytest

from benchmarks.__main__ import NAMES
from benchmarks.algorithms import wanted
from benchmarks.calls_to_reach import Chase, rows, summary
from benchmarks.chase_plot import draw_chases
from benchmarks.contest import Outcome
from benchmarks.contestants import Job
from benchmarks.kept_outcomes import folder_of_this_code, kept

PAPER = Outcome(seed=4, n=100, held_out=0.6, search_side=0.7, calls=1000)
CURVE = ((50, 0.5, 0.5), (100, 0.6, 0.62), (200, 0.7, 0.58), (400, 0.72, 0.6))


def chase(curve=CURVE, *, paper=PAPER):
    return Chase("LIAR", Outcome(seed=4, search_side=curve[-1][1], held_out=curve[-1][2], curve=curve), paper)


def test_the_first_time_and_the_time_to_stay_differ_where_the_curve_falls_again():
    assert chase().first("held out") == 100
    assert chase().lasting("held out") == 400
    assert chase().first("search side") == chase().lasting("search side") == 200


def test_a_search_that_ends_worse_was_there_and_did_not_stay():
    fallen = chase((*CURVE, (410, 0.69, 0.59)))
    assert (fallen.first("held out"), fallen.lasting("held out")) == (100, None)
    assert (fallen.first("search side"), fallen.lasting("search side")) == (200, None)


def test_a_search_that_never_gets_there_has_no_calls():
    low = chase(((50, 0.5, 0.5), (400, 0.55, 0.59)))
    assert low.first("held out") is None
    assert low.lasting("held out") is None


def test_the_lead_at_a_share_is_that_of_the_best_prompt_known_by_then():
    assert chase().lead("held out", 0.02) is None
    assert chase().lead("held out", 0.05) == pytest.approx(-10)
    assert chase().lead("held out", 0.1) == pytest.approx(2)
    assert chase().lead("held out", 0.39) == pytest.approx(-2)
    assert chase().lead("search side", 0.4) == pytest.approx(2)


def test_the_tables_say_calls_shares_and_ends():
    assert rows(chase())[1] == "| LIAR, 4 | 1000 | held out | 60.0 | 100, 10 % | 400, 40 % | 60.0 |"
    other = chase(((50, 0.5, 0.5), (400, 0.55, 0.56)))
    told = summary([chase(), other])
    assert (
        told[3]
        == "| LIAR | held out | 2 | 1 | 1 | 10 % |  | -10.0 ± 0.0 | -4.0 ± 6.0 | -6.0 ± 4.0 | -2.0 ± 2.0 |"
    )
    assert told[-1].startswith("| all | held out | 2 | 1 |")


def test_what_was_played_is_not_played_again_and_a_failure_is(tmp_path):
    played = []

    def play(job):
        played.append(job)
        failure = "no peer" if job.method == "gepa" else ""
        return Outcome(seed=4, held_out=0.6, calls=7, prompt="Sort.", curve=CURVE, failure=failure)

    for method, times in (("racing", 1), ("gepa", 2)):
        job = Job("LIAR", method, 4, 300)
        first = kept(job, tmp_path, play)
        assert kept(job, tmp_path, play) == first
        assert played.count(job) == times
    kept(Job("LIAR", "racing", 4, 301), tmp_path, play)
    assert len(played) == 4


def test_outcomes_are_kept_apart_for_each_version_of_the_code(monkeypatch, tmp_path):
    before = folder_of_this_code()
    assert folder_of_this_code() == before
    monkeypatch.setattr("benchmarks.kept_outcomes._PLAYED_BY", ("optimizer",))
    assert folder_of_this_code() != before


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_that_the_command_names_can_be_started(name):
    assert callable(importlib.import_module(f"benchmarks.{name}").run)


def test_a_method_is_named_whole_or_by_its_beginning(monkeypatch):
    names = ["racing", "protegi", "protegi (paper settings)", "gepa 0.1.4"]
    for asked, found in (("", names), ("protegi,gepa", ["protegi", "gepa 0.1.4"]), ("protegi (", [names[2]])):
        monkeypatch.setenv("BENCH_METHODS", asked)
        assert wanted(names, "BENCH_METHODS") == found


def test_the_plot_shows_every_task_also_with_one_seed():
    drawn = draw_chases([chase(), Chase("ETHOS", chase().racing, PAPER)])
    assert drawn.startswith(b"\x89PNG")
    assert int.from_bytes(drawn[16:20], "big") == 2 * int.from_bytes(draw_chases([chase()])[16:20], "big")
