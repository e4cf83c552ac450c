"""What can go wrong with a model without ending a run: the names under which a run counts it."""

from __future__ import annotations

from typing import Literal

Trouble = Literal[
    "overloaded or failing server",
    "lost connection",
    "timeout",
    "rate limit",
    "failed call",
    "truncated answer",
    "refusal",
    "rejected request",
    "unparseable answer",
    "answer in another language",
    "failed metric",
    "unreadable reply",
    "unreadable judge",
    "same prompt again",
    "rejected proposal",
]
"""``docs/report.md`` tells what each stands for."""
