"""Faults that a test has asked for: the next calls of a method fail in a chosen way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """How the next `count` calls of `method` (`*` for any) fail.

    `files-pri` stands for the download of a file. `error` is a Slack error code; `status` an HTTP
    status such as 429 or 500. With `lose_answer` the call takes effect but the connection is cut before
    the answer; `delay` waits so many seconds first.
    """

    method: str
    error: str = ""
    status: int = 0
    retry_after: int = 1
    count: int = 1
    lose_answer: bool = False
    delay: float = 0.0


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a fault."""
        self._planned.append(fault)

    def to_come(self) -> int:
        """How many planned faults have not all happened yet."""
        return len(self._planned)

    def clear(self) -> None:
        """Forget all that are still to come."""
        self._planned.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for this call, if one was planned; it counts as used once."""
        for fault in self._planned:
            if fault.method in (method, "*"):
                fault.count -= 1
                if fault.count <= 0:
                    self._planned.remove(fault)
                return fault
        return None
