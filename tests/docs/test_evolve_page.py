"""The page on evolving data names every rule, every kind of bad row, every file and every form that there is."""

from __future__ import annotations

import re
from pathlib import Path

from optimizer.evolution.failures.rules import RULES
from optimizer.instructions import fields, shapes
from optimizer.instructions.open import MAX_CHARS
from optimizer.instructions.training_forms import FORMS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "evolve.md").read_text(encoding="utf-8")


def table(heading):
    """The rows of the first table behind ``heading``, as lists of cells."""
    behind = PAGE.split(heading, 1)[1]
    found = re.search(r"(?:^\|.*\n)+", behind, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()[2:]]


def test_every_failure_rule_is_listed_and_whether_it_needs_an_answer():
    rows = {row[0].strip("`"): row[2] for row in table("## When an evolution has failed")}
    assert rows == {name: "yes" if rule.needs_response else "no" for name, rule in RULES.items()}


def test_every_kind_of_bad_row_is_listed():
    kinds = (
        fields.EMPTY,
        fields.MISSING,
        fields.OTHER_SHAPE,
        fields.LONG,
        fields.REPEATED,
        fields.UNREADABLE_ROW,
    )
    assert [row[0] for row in table("**Rows that cannot be used**")] == [f"`{kind}`" for kind in kinds]
    assert f"more than {MAX_CHARS:,} characters" in PAGE


def test_every_form_and_every_guessed_column_is_listed():
    assert sorted(row[0].split("`")[1] for row in table("`--format` sets")) == sorted(FORMS)
    plain = table("## Data")[-1]
    assert re.findall(r"`(\w+)`", plain[1]) == list(shapes._INSTRUCTION)
    assert re.findall(r"`(\w+)`", plain[2]) == [*shapes._CONTEXT, *shapes._RESPONSE]
