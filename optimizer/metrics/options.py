"""Options of a metric as a person writes them: ``key=value`` texts, read with errors that name the key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from optimizer.errors import InputError


class MetricOptions:
    """The options given to one metric. Every option must be asked for once, then ``done`` is called."""

    def __init__(self, metric: str, values: Mapping[str, str]) -> None:
        self._metric = metric
        self._values = dict(values)
        self._known: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Return the option as it was written."""
        self._known.append(name)
        return str(self._values.get(name, default))

    def number(self, name: str, default: float) -> float:
        """Return the option as a number of 0 or more."""
        written = self.text(name, str(default))
        try:
            value = float(written)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise self._bad(name, written, "Give a number of 0 or more.")
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return the option, one of ``choices``; the first is the default."""
        written = self.text(name, choices[0])
        if written not in choices:
            raise self._bad(name, written, f"Choose one of {', '.join(choices)}.")
        return written

    def flag(self, name: str) -> bool:
        """Return an option that is yes or no; no by default."""
        return self.choice(name, ("no", "yes")) == "yes"

    def names(self, name: str) -> tuple[str, ...]:
        """Return an option that lists names between commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def done(self) -> None:
        """Refuse options that the metric does not have."""
        for name in self._values:
            if name not in self._known:
                known = f"It has {', '.join(self._known)}." if self._known else "It has none."
                raise InputError(
                    f"The metric {self._metric!r} has no option {name!r}.", known, field="metric"
                )

    def _bad(self, name: str, written: str, fix: str) -> InputError:
        return InputError(
            f"The option {name!r} of the metric {self._metric!r} is {written!r}.", fix, field="metric"
        )


def parse_options(written: Sequence[str]) -> dict[str, str]:
    """Read ``key=value`` texts.

    Raises:
        InputError: a text has no ``=`` or no key, or a key occurs twice.
    """
    options: dict[str, str] = {}
    for text in written:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise InputError(
                f"The metric option {text!r} is not KEY=VALUE.",
                "Write for instance tolerance=0.5.",
                field="metric",
            )
        if name in options:
            raise InputError(f"The metric option {name!r} is given twice.", "Give it once.", field="metric")
        options[name] = value.strip()
    return options
