"""The rules of rich_text blocks and the pieces inside them."""

from __future__ import annotations

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.shapes import (
    Check,
    anything,
    array,
    boolean,
    by_type,
    integer,
    one_of,
    string,
    table,
)

_STYLE = table(
    {},
    {
        name: boolean
        for name in (
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        )
    },
)
_styled: dict[str, Check] = {"style": _STYLE}
_TEXT = table({"type": one_of("text"), "text": string(1)}, _styled)
_LINK = table({"type": one_of("link"), "url": string(1)}, {"text": string(), "unsafe": boolean, **_styled})

_PIECE = by_type(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": table({"type": one_of("user"), "user_id": string(1)}, _styled),
        "usergroup": table({"type": one_of("usergroup"), "usergroup_id": string(1)}, _styled),
        "channel": table({"type": one_of("channel"), "channel_id": string(1)}, _styled),
        "team": table({"type": one_of("team"), "team_id": string(1)}, _styled),
        "emoji": table(
            {"type": one_of("emoji"), "name": string(1)},
            {"unicode": string(), "skin_tone": integer(1, 6), "url": string(), **_styled},
        ),
        "broadcast": table(
            {"type": one_of("broadcast"), "range": one_of("here", "channel", "everyone")}, _styled
        ),
        "color": table({"type": one_of("color"), "value": string(1)}, _styled),
        "date": table(
            {"type": one_of("date"), "timestamp": integer(), "format": string(1)},
            {"url": string(), "fallback": string(), **_styled},
        ),
    }
)
_BORDER: dict[str, Check] = {"border": integer(0, 1)}

SECTION = table({"type": one_of("rich_text_section"), "elements": array(_PIECE)})
PREFORMATTED = table(
    {
        "type": one_of("rich_text_preformatted"),
        "elements": array(by_type({"text": _TEXT, "link": _LINK})),
    },
    {**_BORDER, "language": string(1, limits.ID)},
)
QUOTE = table({"type": one_of("rich_text_quote"), "elements": array(_PIECE)}, _BORDER)
LIST = table(
    {
        "type": one_of("rich_text_list"),
        "style": one_of("bullet", "ordered"),
        "elements": array(by_type({"rich_text_section": SECTION})),
    },
    {**_BORDER, "indent": integer(0, 8), "offset": integer(0)},
)

ENTITIES = array(
    by_type(
        {
            "rich_text_section": SECTION,
            "rich_text_preformatted": PREFORMATTED,
            "rich_text_quote": QUOTE,
            "rich_text_list": LIST,
        }
    ),
    1,
)
RICH_TEXT = table(
    {"type": one_of("rich_text"), "elements": ENTITIES},
    {"block_id": string(1, limits.ID)},
)
RICH_TEXT_VALUE = table({"type": one_of("rich_text"), "elements": anything}, {"block_id": string()})
