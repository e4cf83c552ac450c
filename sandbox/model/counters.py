"""Counters of what the simulated model was asked, so that tests can count repeated calls."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

JOURNAL_LENGTH = 10_000


class CallCounters:
    """Counts requests by kind, outcome and content; keeps the last calls. Used from one thread.

    A request is *answered* when its 200 answer was about to be sent, which is when a real provider
    charges for it. *Repeated* counts the answers to a content that had been answered before.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything; requests in flight stay counted as in flight."""
        self._in_flight = getattr(self, "_in_flight", 0)
        self._most_in_flight = self._in_flight
        self._received: Counter[str] = Counter()
        self._answered: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()
        self._contents: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._calls: deque[dict[str, Any]] = deque(maxlen=JOURNAL_LENGTH)

    def begin(self, kind: str, content_hash: str) -> int:
        """Note a request that came in; return how often this content was asked before."""
        self._in_flight += 1
        self._most_in_flight = max(self._most_in_flight, self._in_flight)
        self._received[kind] += 1
        before = self._attempts[content_hash]
        self._attempts[content_hash] = before + 1
        return before

    def end(self, kind: str, content_hash: str, outcome: str, usage: dict[str, int] | None = None) -> None:
        """Note how the request ended; ``usage`` comes with an answer."""
        self._in_flight -= 1
        self._outcomes[outcome] += 1
        self._calls.append({"kind": kind, "content": content_hash, "outcome": outcome})
        if usage is not None:
            self._answered[kind] += 1
            self._contents[content_hash] += 1
            self._tokens["input"] += usage["prompt_tokens"]
            self._tokens["output"] += usage.get("completion_tokens", 0)

    def snapshot(self, *, contents: bool = False) -> dict[str, Any]:
        """Return the counters as JSON; with ``contents`` also the answers per content hash."""
        answers = self._contents.total()
        data: dict[str, Any] = {
            "requests": self._received.total(),
            "requests_by_kind": dict(self._received),
            "answered": answers,
            "answered_by_kind": dict(self._answered),
            "distinct": len(self._contents),
            "repeated": answers - len(self._contents),
            "outcomes": dict(self._outcomes),
            "tokens": {"input": self._tokens["input"], "output": self._tokens["output"]},
            "in_flight": self._in_flight,
            "most_in_flight": self._most_in_flight,
        }
        if contents:
            data["contents"] = dict(self._contents)
        return data

    def calls(self) -> list[dict[str, Any]]:
        """Return the last calls in the order in which they ended."""
        return list(self._calls)
