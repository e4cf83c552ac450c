"""A Bolt app that measures how long Slack waits for its acknowledgements."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse


class TimedApp(App):
    """Tells ``acknowledged`` the seconds from a delivery to its answer, over Socket Mode and HTTP alike.

    A listener goes on working after that.
    """

    def __init__(self, acknowledged: Callable[[float], None], **given: Any) -> None:
        super().__init__(**given)
        self._acknowledged = acknowledged

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one delivery."""
        began = time.perf_counter()
        try:
            return super().dispatch(req)
        finally:
            self._acknowledged(time.perf_counter() - began)
