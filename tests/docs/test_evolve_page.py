"""The page on evolving data names every kind of bad row, every form and every column that there is."""

from __future__ import annotations

import re
from pathlib import Path

from optimizer.instructions import fields, shapes
from optimizer.instructions.open import MAX_CHARS
from optimizer.instructions.training_forms import FORMS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "evolve.md").read_text(encoding="utf-8")


def table(heading):
    """The rows of the first table behind ``heading``, as lists of cells."""
    behind = PAGE.split(heading, 1)[1]
    found = re.search(r"(?:^\|.*\n)+", behind, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()[2:]]


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
