"""A form that somebody sent: checked at once, answered in time whether Slack is slow or not."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.slack.blocks import Block, section, window
from bot.slack.error_router import Count, words_for
from bot.slack.escaping import Markup
from bot.slack.refusals import describe
from bot.slack.windows import WAITING, Turns, Window
from bot.slack.work_pool import SlackIsSlow, WorkPool

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[], Block | None]
_ANSWER_ARRIVES = 0.3
"""Seconds; the answer that says to wait goes another way, and must not come after what it waits for."""


class FilledForm:
    """The one way to answer a form. Used by one listener, on its thread."""

    def __init__(
        self, ack: Ack, client: WebClient, body: dict[str, Any], pool: WorkPool, count_error: Count
    ) -> None:
        self._ack = ack
        self._client = client
        self._body = body
        self._pool = pool
        self._count_error = count_error
        self.refused = False
        """Whether it is still in front of the person, so that it can be sent once more."""

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Say what is wrong, a sentence per field; the form stays as it is."""
        self.refused = True
        self._ack(response_action="errors", errors=dict(errors))

    def close(self) -> None:
        """It was taken: close it, and what lies below."""
        if (self._body.get("view") or {}).get("previous_view_id"):
            self._ack(response_action="clear")
        else:
            self._ack()

    def look_up(self, ask: Callable[[], T]) -> T:
        """Return what ``ask`` finds out at Slack; it must change nothing, as it may be asked again.

        Raises:
            SlackIsSlow: it takes too long. What it finds out later is remembered by whoever was asked.
        """
        asked = self._pool.do(ask)
        if not self._pool.in_time(asked):
            raise SlackIsSlow
        return asked.result()

    def answer(self, work: Work) -> None:
        """Do ``work`` and show the window that it returns, or close the form when it returns none.

        When it takes longer than the form may wait, the form says to wait and shows what came of it.
        """
        given = self._pool.do(work)
        if self._pool.in_time(given):
            self._answer(given.result())
            return
        title = (self._body["view"].get("title") or {}).get("text") or "Promptbeam"
        waiting = window(str(title), [section(Markup(WAITING))])
        self._ack(response_action="update", view=waiting)
        given.add_done_callback(partial(self._late, str(title)))

    def _answer(self, view: Block | None) -> None:
        if view is None:
            self._ack(response_action="clear")
        else:
            self._ack(response_action="update", view=view)

    def _late(self, title: str, given: Any) -> None:
        if given.cancelled():
            return
        error = given.exception()
        if error is not None:
            view = window(title, list(words_for(error, self._body, self._count_error).content.blocks))
        else:
            view = given.result() or window(title, [section(Markup("✓ Done."))])
        shown = Window(self._client, self._body, Turns())
        shown.stay()
        self._pool.do(partial(self._show, shown, view))

    def _show(self, shown: Window, view: Block) -> None:
        time.sleep(_ANSWER_ARRIVES)
        try:
            shown.show(view)
        except (SlackClientError, OSError) as error:
            logger.warning("an answer to a form was not shown: %s", describe(error))
