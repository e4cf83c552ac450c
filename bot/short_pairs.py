"""Two texts of a pair, cut short in a way that shows where they differ."""

from __future__ import annotations

_LEAD_IN = 0.25


def short_pair(before: str, after: str, most: int) -> tuple[str, str]:
    """Return both on one line, at most ``most`` characters each.

    Where they only part behind what fits, the second one starts a little before that place.
    """
    first, second = " ".join(before.split()), " ".join(after.split())
    alike = next(
        (at for at, (one, two) in enumerate(zip(first, second, strict=False)) if one != two),
        min(len(first), len(second)),
    )
    lead_in = round(most * _LEAD_IN)
    start = max(0, alike - lead_in) if alike > most - lead_in and first != second else 0
    return _cut(first, most), _cut(f"…{second[start:]}" if start else second, most)


def _cut(line: str, most: int) -> str:
    return (line if len(line) <= most else f"{line[: most - 1]}…") or "(nothing)"
