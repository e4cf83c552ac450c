"""What ``promptbeam doctor`` tells of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. ``fix`` is the way out when it is not well."""

    what: str
    state: State
    says: str
    fix: str = ""
