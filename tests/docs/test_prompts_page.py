"""docs/prompts.md: its Python runs, and its sample prompt is read as the page says."""

from __future__ import annotations

import re
from pathlib import Path

from optimizer.examples.load import load_examples
from optimizer.interchange.formats import FORMATS
from optimizer.prompts.prompt import parse_prompt
from optimizer.task import build_task

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "prompts.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_runs():
    folder = ROOT / "examples" / "support-tickets"
    table = load_examples("tickets.csv", (folder / "tickets.csv").read_bytes())
    names = {"task": build_task((folder / "prompt.txt").read_text(), table)}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, "docs/prompts.md", "exec"), names)


def test_the_sample_prompt_is_read_as_the_page_says():
    prompt = parse_prompt(re.search(r"```\n(You sort.*?)\n```", PAGE, re.DOTALL)[1])
    assert prompt.editable_text == "You sort the mail of a small shop."
    assert prompt.demonstrations[0].input == "The parcel is wet.\nAnd it is late."
    assert [message.role for message in prompt.templates] == ["system", "user"]
    assert prompt.placeholders == ("subject", "mail")


def test_every_format_is_on_the_page():
    for name in FORMATS:
        assert f"| `{name}` |" in PAGE
