"""What a terminal shows: words of models and files, never their control characters."""

import io
import os
import pty

from hypothesis import given
from hypothesis import strategies as st

from bot.cli.live_view import LiveView
from bot.cli.saying import say
from bot.cli.told_console import ToldConsole
from bot.short_pairs import short_pair
from optimizer.events import GradientsSummarised

HOSTILE = "\x1b]0;owned\x07 and \x1b[2J\x9b31m [bold]plain"


def test_progress_obeys_no_escape_sequence_of_a_model_and_no_markup():
    console = ToldConsole(file=io.StringIO(), force_terminal=False)
    LiveView(console).show(GradientsSummarised(1, HOSTILE))
    told = console.file.getvalue()
    assert told == "Round 1 learned: ]0;owned and [2J31m [bold]plain\n"


def test_progress_in_a_pipe_keeps_long_lines_whole():
    console = ToldConsole(file=io.StringIO(), width=40)
    LiveView(console).show(GradientsSummarised(1, "word " * 30))
    assert console.file.getvalue().count("\n") == 1


def test_a_terminal_gets_no_control_characters_but_a_file_gets_the_text_as_it_is(tmp_path, monkeypatch):
    reader, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as screen, (tmp_path / "out").open("w+") as file:
        for stream in (screen, file):
            monkeypatch.setattr("sys.stdout", stream)
            say(HOSTILE)
        screen.flush()
        assert os.read(reader, 1000) == b"]0;owned and [2J31m [bold]plain\r\n"
        file.seek(0)
        assert file.read() == f"{HOSTILE}\n"
    os.close(reader)


@given(st.text(max_size=200), st.text(max_size=200), st.integers(12, 60))
def test_a_short_pair_fits_and_differs_where_the_texts_do(before, after, most):
    first, second = short_pair(before, after, most)
    assert max(len(first), len(second)) <= most
    assert "\n" not in first + second
    if before.split() != after.split():
        assert first != second


def test_answers_with_the_same_beginning_are_shown_from_where_they_part():
    lead = "Thank you for writing to us. This is about your message."
    before, after = short_pair(f"{lead} Unfortunately no.", f"{lead} Here is your case number.", 40)
    assert before == "Thank you for writing to us. This is ab…"
    assert after == "… message. Here is your case number."
