"""The rules of tables and charts."""

from __future__ import annotations

from typing import Any

from sandbox.workspace.blockkit import limits
from sandbox.workspace.blockkit.rich_text import RICH_TEXT
from sandbox.workspace.blockkit.shapes import (
    Check,
    Spot,
    array,
    boolean,
    by_type,
    every,
    integer,
    number,
    one_of,
    string,
    table,
)

_ID: dict[str, Check] = {"block_id": string(1, limits.ID)}
_RAW_TEXT = table({"type": one_of("raw_text"), "text": string(1)})
_RAW_NUMBER = table({"type": one_of("raw_number"), "value": number}, {"text": string(1)})
_CELLS: dict[str, Check] = {"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT}

TABLE = table(
    {
        "type": one_of("table"),
        "rows": array(array(by_type(_CELLS), 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS),
    },
    {
        **_ID,
        "column_settings": array(
            table({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
            0,
            limits.TABLE_COLUMNS,
        ),
    },
)


def _header_is_plain(value: Any, spot: Spot) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        return
    for index, cell in enumerate(rows[0]):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            (spot / "rows" / 0 / index).wrong("rich_text is not allowed in the header row")
    characters = sum(
        len(str(cell.get("text", "")))
        for row in rows
        if isinstance(row, list)
        for cell in row
        if isinstance(cell, dict)
    )
    if characters > limits.DATA_TABLE_TEXT:
        (spot / "rows").wrong(f"must be less than {limits.DATA_TABLE_TEXT + 1} characters")


DATA_TABLE = every(
    table(
        {
            "type": one_of("data_table"),
            "caption": string(1),
            "rows": array(array(by_type(_CELLS), 1, limits.TABLE_COLUMNS), 2, limits.DATA_TABLE_ROWS),
        },
        {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0)},
    ),
    _header_is_plain,
)

_POINT = table({"label": string(1, limits.CHART_NAME), "value": number})
_SERIES = table({"name": string(1, limits.CHART_NAME), "data": array(_POINT, 1, limits.CHART_POINTS)})
_AXES = table(
    {"categories": array(string(1, limits.CHART_NAME), 1, limits.CHART_POINTS)},
    {"x_label": string(1, limits.CHART_TITLE), "y_label": string(1, limits.CHART_TITLE)},
)


def _points_match_categories(value: Any, spot: Spot) -> None:
    if not isinstance(value, dict):
        return
    axes, series = value.get("axis_config"), value.get("series")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    names: list[Any] = []
    for index, one in enumerate(series if isinstance(series, list) else []):
        points = one.get("data") if isinstance(one, dict) else None
        names.append(one.get("name") if isinstance(one, dict) else None)
        if isinstance(points, list) and isinstance(categories, list):
            labels = [point.get("label") for point in points if isinstance(point, dict)]
            if sorted(map(str, labels)) != sorted(map(str, categories)):
                (spot / "series" / index / "data").wrong("needs exactly one point for each category")
    if len(names) != len(set(map(str, names))):
        (spot / "series").wrong("names of series must differ")


def _drawn(kind: str) -> Check:
    return every(
        table(
            {
                "type": one_of(kind),
                "series": array(_SERIES, 1, limits.CHART_SERIES),
                "axis_config": _AXES,
            }
        ),
        _points_match_categories,
    )


def _positive(value: Any, spot: Spot) -> None:
    number(value, spot)
    if isinstance(value, int | float) and value <= 0:
        spot.wrong("must be greater than 0")


_PIE = table(
    {
        "type": one_of("pie"),
        "segments": array(
            table({"label": string(1, limits.CHART_NAME), "value": _positive}), 1, limits.CHART_SERIES
        ),
    }
)
DATA_VISUALIZATION = table(
    {
        "type": one_of("data_visualization"),
        "title": string(1, limits.CHART_TITLE),
        "chart": by_type({"line": _drawn("line"), "bar": _drawn("bar"), "area": _drawn("area"), "pie": _PIE}),
    },
    _ID,
)

DATA_BLOCKS: dict[str, Check] = {
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
}
