"""How numbers are written for people: shares, money, durations, bars."""

from __future__ import annotations


def share(value: float) -> str:
    """0.8423 -> ``84.2 %``; whole numbers lose the fraction."""
    text = f"{value * 100:.1f}".removesuffix(".0")
    return f"{text} %"


def points(value: float) -> str:
    """0.231 -> ``+23.1 points``."""
    text = f"{value * 100:+.1f}".removesuffix(".0")
    return f"{text} points"


def money(value: float | None) -> str:
    """Dollars, or a plain statement that no price is known."""
    if value is None:
        return "price unknown"
    if value == 0:
        return "$0"
    return f"${value:.2f}" if value >= 0.01 else "under 1 cent"


def duration(seconds: float) -> str:
    """Seconds in the two largest units: ``45 s``, ``3 min``, ``2 h 5 min``."""
    whole = max(round(seconds), 0)
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def bar(fraction: float, width: int = 10) -> str:
    """A bar of ``width`` cells."""
    filled = round(min(max(fraction, 0.0), 1.0) * width)
    return "▓" * filled + "░" * (width - filled)
