"""The plot in letters: means over runs, scales, and letters of their own."""

from bot.comparison_plot import Curve, CurvesPlot
from bot.comparison_sketch import HEIGHT, WIDTH, sketch_curves


def sketch(*curves):
    return sketch_curves(CurvesPlot(curves, "score", "Best", "held-out examples", simulated=True)).split("\n")


def curve(name, calls, values):
    return Curve(name, calls, values, calls[-1] if calls else 0, None)


def test_the_mean_of_two_runs_steps_where_a_value_comes():
    lines = sketch(curve("mc", (0, 63), (0.2, 0.6)), curve("mc", (0, 63), (0.4, 1.0)))
    drawing = [line[7:] for line in lines[1 : 1 + HEIGHT]]
    # Mean 30 % until the last column, which has 63 calls: 80 %.
    assert drawing[0] == " " * (WIDTH - 1) + "m"
    assert drawing[-1] == "m" * (WIDTH - 1)
    assert [lines[1][:5], lines[HEIGHT][:5]] == ["  80%", "  30%"]
    assert lines[-2].endswith("63 calls")


def test_every_algorithm_has_a_letter_of_its_own_and_the_first_is_seen_where_they_meet():
    lines = sketch(*(curve(name, (0, 10), (0.5, 0.5)) for name in ("racing", "rl", "r", "random")))
    assert lines[-1].strip() == "r racing   l rl   0 r   a random"
    assert {line[7:] for line in lines[1 : 1 + HEIGHT]} == {"", "r" * WIDTH}


def test_a_line_begins_with_its_first_value_and_ends_with_its_last_run():
    lines = sketch(curve("a", (63,), (0.1,)), curve("b", (21, 42), (0.9, 0.9)))
    assert lines[1][7:] == " " * 21 + "b" * 22
    assert lines[HEIGHT][7:] == " " * 63 + "a"


def test_runs_without_a_score_draw_nothing():
    assert sketch(curve("mc", (), ())) == [""]
