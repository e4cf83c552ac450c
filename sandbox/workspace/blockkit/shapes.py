"""Small checks of JSON values, to be put together into the rules of blocks and elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a payload, named by a JSON pointer, and the list of what is wrong anywhere."""

    pointer: str
    found: list[str]

    def __truediv__(self, part: str | int) -> Spot:
        """The place one step deeper."""
        return Spot(f"{self.pointer}/{part}", self.found)

    def wrong(self, what: str) -> None:
        """Note that the value here breaks a rule."""
        self.found.append(f"{what} [json-pointer:{self.pointer}]")


Check = Callable[[Any, Spot], None]


def anything(_value: Any, _spot: Spot) -> None:
    """Accept every value."""


def boolean(value: Any, spot: Spot) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        spot.wrong("must be a boolean")


def string(least: int = 0, most: int | None = None, pattern: str | None = None) -> Check:
    """Accept a string of at least and at most so many characters."""

    def check(value: Any, spot: Spot) -> None:
        if not isinstance(value, str):
            spot.wrong("must be a string")
        elif len(value) < least:
            spot.wrong(f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            spot.wrong(f"must be less than {most + 1} characters")
        elif pattern is not None and not re.fullmatch(pattern, value):
            spot.wrong(f"must match the pattern {pattern}")

    return check


def integer(least: int | None = None, most: int | None = None) -> Check:
    """Accept a whole number within bounds."""

    def check(value: Any, spot: Spot) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            spot.wrong("must be an integer")
        elif least is not None and value < least:
            spot.wrong(f"must be at least {least}")
        elif most is not None and value > most:
            spot.wrong(f"must be at most {most}")

    return check


def number(value: Any, spot: Spot) -> None:
    """Accept a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        spot.wrong("must be a number")


def one_of(*allowed: Any) -> Check:
    """Accept exactly these values."""

    def check(value: Any, spot: Spot) -> None:
        if value not in allowed:
            spot.wrong(f"must be one of {', '.join(map(str, allowed))}")

    return check


def array(item: Check, least: int = 0, most: int | None = None) -> Check:
    """Accept a list of at least and at most so many items, each checked."""

    def check(value: Any, spot: Spot) -> None:
        if not isinstance(value, list):
            spot.wrong("must be an array")
            return
        if len(value) < least:
            spot.wrong(f"no fewer than {least} items required")
        if most is not None and len(value) > most:
            spot.wrong(f"no more than {most} items allowed")
        for index, one in enumerate(value):
            item(one, spot / index)

    return check


def table(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Accept an object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, spot: Spot) -> None:
        if not isinstance(value, dict):
            spot.wrong("must be an object")
            return
        for name in required:
            if name not in value:
                spot.wrong(f"missing required field: {name}")
        for name, part in value.items():
            if name not in known:
                spot.wrong(f"invalid additional property: {name}")
            else:
                known[name](part, spot / name)

    return check


def by_type(kinds: Mapping[str, Check], refused: str = "unsupported type") -> Check:
    """Accept an object whose `type` is one of `kinds`, checked by the rule of that kind."""

    def check(value: Any, spot: Spot) -> None:
        if not isinstance(value, dict):
            spot.wrong("must be an object")
        elif "type" not in value:
            spot.wrong("missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            (spot / "type").wrong(f"{refused}: {value['type']}")
        else:
            kinds[value["type"]](value, spot)

    return check


def every(*checks: Check) -> Check:
    """Accept what all the checks accept."""

    def check(value: Any, spot: Spot) -> None:
        for one in checks:
            one(value, spot)

    return check
