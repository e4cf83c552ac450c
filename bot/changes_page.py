"""The page ``changes.md``: what an evolution changed in each section of a prompt, why, and what was shown."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.p_values import shown_p
from optimizer.events import Event
from optimizer.interchange.markdown import fenced, plain_line
from optimizer.run import Result
from optimizer.search.prompt_evolution.changes import ChangedSection, changed_sections


def changes_page(result: Result, events: Sequence[Event]) -> str:
    """Return the page as Markdown; texts of people and models cannot become markup in it."""
    lines = ["# What changed in the prompt", "", _verdict(result), ""]
    sections = changed_sections(events)
    if not sections:
        lines += ["No section changed: the search's best prompt is the first one.", ""]
    for section in sections:
        lines += _section(section)
    return "\n".join(lines)


def _verdict(result: Result) -> str:
    test = result.holdout
    if test is None:
        return f"The run ended before the held-out test ({result.stopped_because}), so nothing is shown."
    low, high = test.interval
    told = (
        f"On {test.n} examples that the search never saw the first prompt scores {test.seed_score:.0%} and the "
        f"new one {test.final_score:.0%}: {test.difference:+.0%} (95 % interval {low:+.0%} to {high:+.0%}, "
        f"{shown_p(test.p_value)}, {test.test}). Verdict: **{result.verdict}**."
    )
    if result.verdict == "better":
        return told
    return f"{told} So `prompt.txt` holds the first prompt; below is what the search would have changed."


def _section(section: ChangedSection) -> list[str]:
    title = plain_line(section.heading) or "Before the first heading"
    reasons = [f"- {plain_line(reason)}" for reason in section.reasons]
    diff = difflib.unified_diff(section.before.splitlines(), section.after.splitlines(), lineterm="", n=1_000)
    body = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return [f"## {title}", "", *reasons, "", *fenced("\n".join(body), "diff"), ""]
