"""Reading the reply to ``Job: evolve-prompt``: the new prompt and the reasons for its changed sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.critique.replies import read_strings
from optimizer.loose_json import json_objects
from optimizer.prompts.rules import fingerprint


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A proposed text for the whole prompt, and reasons as (heading, why) in the order given."""

    text: str
    reasons: tuple[tuple[str, str], ...] = ()

    def why(self, title: str) -> str:
        """Return the reason given for the section of this title, "" when none was given."""
        return next((why for heading, why in self.reasons if _bare(heading) == _bare(title)), "")


def read_rewrite(reply: str) -> Rewrite | None:
    """Return the first prompt of a reply; None without one. Reasons that are not in form are left out."""
    texts = read_strings(reply, "prompts")
    if texts is None:
        return None
    changes = [
        change
        for value in json_objects(reply)
        if isinstance(value.get("changes"), list)
        for change in value["changes"]
    ]
    return Rewrite(texts[0], _reasons(changes))


def _reasons(changes: Sequence[object]) -> tuple[tuple[str, str], ...]:
    found = []
    for change in changes:
        if isinstance(change, dict):
            heading, why = change.get("heading"), change.get("why")
            if isinstance(heading, str) and isinstance(why, str) and why.strip():
                found.append((heading, " ".join(why.split())))
    return tuple(found)


def _bare(heading: str) -> str:
    return fingerprint(heading.strip("# \t"))
