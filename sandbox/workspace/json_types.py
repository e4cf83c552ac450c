"""Names for the JSON shapes that travel between the workspace and an app."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
JsonList = list[Any]
