"""Where a run's thread is: in its channel, or in its owner's direct messages when the channel is gone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from slack_sdk import WebClient

from bot.slack.blocks import Message
from bot.slack.messages.notices import moved_here
from bot.slack.posted import Posted
from bot.slack.poster import Poster
from bot.slack.refusals import describe, reason_for
from storage.runs import MOVED, RunRecord

logger = logging.getLogger(__name__)

STATUS = "status"


class ThreadPlace:
    """``draw`` draws the message that the thread hangs on. Safe to use from any thread."""

    def __init__(self, run: RunRecord, posted: Posted, poster: Poster, draw: Callable[[], Message]) -> None:
        self._run = run
        self._posted = posted
        self._poster = poster
        self._draw = draw
        self._lock = threading.Lock()
        self._waiting: list[Callable[[bool], None]] | None = None
        self.channel, self.ts = run.here.channel, run.here.thread_ts

    def holds(self, ts: str) -> bool:
        """Whether a message of the run is a reply here: what was posted before a move stayed behind."""
        return bool(ts) and bool(self.ts) and float(ts) > float(self.ts)

    def move(self, gone: str, error: BaseException, then: Callable[[bool], None]) -> None:
        """Leave the channel ``gone`` for the owner's direct messages; ``then`` hears whether that worked."""
        with self._lock:
            moved = self.channel != gone
            if not moved and self._waiting is not None:
                self._waiting.append(then)
                return
            if not moved:
                self._waiting = [then]
        if moved:
            then(True)
            return
        logger.info("run %s goes on in its owner's direct messages: %s", self._run.id, describe(error))
        direct = self._poster.call("conversations.open", self._open_direct, lane=self._run.id)
        direct.add_done_callback(lambda opened: self._settle_in(opened, error))

    def _open_direct(self, client: WebClient) -> str:
        return str(client.conversations_open(users=self._run.owner)["channel"]["id"])

    def _settle_in(self, opened: Future[Any], error: BaseException) -> None:
        if opened.exception() is not None or opened.result() == self.channel:
            self._moved(False)
            return
        direct, run = str(opened.result()), self._run

        def posted(future: Future[Any]) -> None:
            if future.exception() is not None:
                self._moved(False)
                return
            ts = str(future.result())
            self.channel, self.ts = direct, ts
            self._posted.note(MOVED, f"{direct}/{ts}")
            self._posted.note(STATUS, ts)
            why = moved_here(run.place.channel, reason_for(error))
            key = self._posted.key("why-moved")
            self._poster.post(direct, why, thread_ts=ts, lane=run.id, key=key)
            self._moved(True)

        self._poster.post(direct, self._draw(), lane=run.id, key=self._posted.key(MOVED)).add_done_callback(
            posted
        )

    def _moved(self, ok: bool) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting or [], None
        for then in waiting:
            then(ok)
