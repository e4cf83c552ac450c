"""What a thread says of an error is in Slack's words: no options, no Python, and who can follow it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.background.trouble import explain
from bot.background.words import SERVICE_WORDS
from bot.cli.words import CLI_WORDS
from optimizer.errors import InputError, ModelRefusedKey, PromptbeamError
from optimizer.ways_out import LIBRARY_WORDS, Fix, Knob
from tests.bot.office import Office, shown
from tests.bot.test_evolve_in_a_thread import evolve

ROOT = Path(__file__).parents[2]
OPTION = re.compile(r"(^|[\s(])--[a-z]|\b[a-z_]+=[0-9'\"a-z]")
SHOWN_AT_A_TERMINAL_ALONE = {
    "optimizer/metrics/options.py": "options of metrics are given on the command line alone",
    "storage/restore.py": "a database is restored on the command line alone",
    "storage/embedding_errors.py": "for the operator, who sets these variables",
    "optimizer/model/settings.py": "for the operator, who sets these variables",
    "optimizer/model/prices.py": "for the operator, who sets these variables",
    "bot/background/door.py": "for the operator, who sets these variables",
}


def raised_texts() -> list[tuple[str, str]]:
    """Every literal that the rooms behind Slack give to an error, with the file it stands in."""
    found = []
    for room in ("optimizer", "storage", "bot/background", "bot/slack"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                name = (getattr(node.func, "id", "") if isinstance(node, ast.Call) else "") or ""
                if (
                    name.endswith("Error")
                    or name.startswith("Model")
                    or name in ("BudgetTooSmall", "Trouble")
                ):
                    found += [
                        (path.relative_to(ROOT).as_posix(), part.value)
                        for part in ast.walk(node)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    ]
    return found


def test_no_error_that_can_reach_slack_names_an_option_or_an_argument():
    texts = raised_texts()
    assert len(texts) > 300
    wrong = [
        (file, text) for file, text in texts if OPTION.search(text) and file not in SHOWN_AT_A_TERMINAL_ALONE
    ]
    assert wrong == []


@pytest.mark.parametrize("words", [LIBRARY_WORDS, CLI_WORDS, SERVICE_WORDS])
def test_every_surface_has_words_for_every_knob(words):
    assert set(words) == set(Knob)
    assert all(words.values())


def test_slack_names_no_options_and_the_command_line_does():
    assert not any(OPTION.search(said) for said in SERVICE_WORDS.values())
    error = PromptbeamError("It broke.", Fix("Mend it, then {}.", Knob.GO_ON))
    assert error.fix_in(CLI_WORDS) == "Mend it, then go on with --resume."
    assert explain(error, "a test").fix == "Mend it, then press Try again."
    assert str(error) == "It broke. Mend it, then run it again with the same id."


def test_what_only_an_operator_can_do_is_addressed_to_them():
    assert explain(ModelRefusedKey("No.", "Check OPENAI_API_KEY."), "a test").fix.startswith(
        "For whoever runs me"
    )
    assert explain(InputError("No.", "Add rows."), "a test").fix == "Add rows."


def test_a_form_that_refuses_bad_rows_names_them_and_the_way_out_in_its_own_words(office: Office):
    rows = b'{"instruction": "Write a poem."}\n{"instruction": ""}\n'
    assert evolve(office, data=[("tasks.jsonl", rows)], bad_rows="refuse") == {}
    told = shown(office.says("The way out"))
    assert "row 2" in told
    assert "Rows that cannot be used" in told
    assert "--" not in told


def test_too_few_instructions_are_told_what_to_choose_in_the_form(office: Office):
    assert evolve(office, data=[("tasks.jsonl", b'{"instruction": "Only one."}\n')]) == {}
    told = shown(office.says("The way out"))
    assert "choose “None”" in told
    assert "steps" not in told
