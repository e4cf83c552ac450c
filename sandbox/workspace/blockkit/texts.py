"""Block Kit's composition objects: text, option, confirmation dialog, file reference."""

from __future__ import annotations

from typing import Any

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.shapes import Check, Spot, array, boolean, by_type, one_of, string, table


def plain_text(most: int, least: int = 1) -> Check:
    """A plain_text object of limited length."""
    return by_type({"plain_text": _plain(most, least)}, "must be plain_text, not")


def any_text(most: int, least: int = 1) -> Check:
    """A plain_text or mrkdwn object of limited length."""
    mrkdwn = table({"type": one_of("mrkdwn"), "text": string(least, most)}, {"verbatim": boolean})
    return by_type({"plain_text": _plain(most, least), "mrkdwn": mrkdwn})


def _plain(most: int, least: int) -> Check:
    return table({"type": one_of("plain_text"), "text": string(least, most)}, {"emoji": boolean})


def option(label: Check) -> Check:
    """One entry of a menu or a choice."""
    return table(
        {"text": label, "value": string(1, limits.OPTION_VALUE)},
        {"description": any_text(limits.OPTION_TEXT)},
    )


MENU_OPTION = option(plain_text(limits.OPTION_TEXT))
CHOICE_OPTION = option(any_text(limits.OPTION_TEXT))
OVERFLOW_OPTION = table(
    {"text": plain_text(limits.OPTION_TEXT), "value": string(1, limits.OPTION_VALUE)},
    {"description": plain_text(limits.OPTION_TEXT), "url": string(1, limits.URL)},
)
OPTION_GROUP = table(
    {
        "label": plain_text(limits.OPTION_TEXT),
        "options": array(MENU_OPTION, 1, limits.SELECT_OPTIONS),
    }
)
CONFIRM = table(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)


def slack_file(value: Any, spot: Spot) -> None:
    """A reference to an uploaded file, by id or by URL but not by both."""
    table({}, {"id": string(pattern="F[A-Z0-9]{8,}"), "url": string(1, limits.URL)})(value, spot)
    if isinstance(value, dict) and ("id" in value) == ("url" in value):
        spot.wrong("exactly one of id and url is required")


def picture(value: Any, spot: Spot) -> None:
    """The source of an image, by URL or by uploaded file but not by both."""
    if isinstance(value, dict) and ("image_url" in value) == ("slack_file" in value):
        spot.wrong("exactly one of image_url and slack_file is required")
