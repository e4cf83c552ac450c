"""Publishes the Home tab: when it is opened, and when a run of somebody who looked lately moves on."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.slack.board import RunBoard
from bot.slack.doors import Asker, asker_of
from bot.slack.messages.home import RECENT, HomeFacts, draw_home
from bot.slack.messages.notices import RunLine
from bot.slack.reception import Reception
from bot.slack.refusals import describe
from bot.slack.run_lists import own_runs
from optimizer.errors import PromptbeamError
from storage.runs import ENDED, RunRecord

logger = logging.getLogger(__name__)

VISITOR_SECONDS = 30 * 60.0


class HomeTab:
    """Knows who looked lately. Drawing asks the store and Slack, so it has a thread of its own."""

    def __init__(self, reception: Reception, board: RunBoard) -> None:
        self._reception = reception
        self._board = board
        self._lock = threading.Lock()
        self._visitors: dict[Asker, float] = {}
        self._waiting: set[Asker] = set()
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="home")
        board.watch(self.moved)

    def opened(self, asker: Asker) -> None:
        """Somebody looks at their Home tab."""
        with self._lock:
            self._visitors[asker] = time.monotonic()
        self.publish(asker)

    def moved(self, run: RunRecord) -> None:
        """A run has reached another stage."""
        owner = Asker(run.owner, run.place.team)
        with self._lock:
            looked = self._visitors.get(owner)
            if looked is not None and time.monotonic() - looked > VISITOR_SECONDS:
                del self._visitors[owner]
                looked = None
        if looked is not None:
            self.publish(owner)

    def publish(self, asker: Asker) -> None:
        """Draw and publish soon; what waits already is not asked for twice."""
        with self._lock:
            if asker in self._waiting:
                return
            self._waiting.add(asker)
        try:
            self._drawing.submit(self._draw_and_send, asker)
        except RuntimeError:
            logger.info("the Home tab of a visitor stays as it is: the bot ends")

    def close(self) -> None:
        """End the thread."""
        self._drawing.shutdown(wait=True, cancel_futures=True)

    def _draw_and_send(self, asker: Asker) -> None:
        with self._lock:
            self._waiting.discard(asker)
        try:
            view = draw_home(self._facts(asker))
        except PromptbeamError as error:
            logger.warning("a Home tab could not be drawn: %s", error.message)
            return

        def send(client: WebClient) -> None:
            client.views_publish(user_id=asker.user, view=view)

        poster = self._reception.posters.of(asker.team)
        poster.call("views.publish", send, lane=f"home/{asker.user}").add_done_callback(_told)

    def _now(self, line: RunLine) -> RunLine:
        """A run's view knows of its end a moment before the store does."""
        glance = self._board.of(line.run_id)
        if line.running and glance is not None and glance.stage in ENDED:
            return replace(line, running=False, status=glance.stage)
        return line

    def _facts(self, asker: Asker) -> HomeFacts:
        reception = self._reception
        lines = [self._now(line) for line in own_runs(reception, asker)]
        running = [line for line in lines if line.running]
        recent = [line for line in lines if not line.running]
        return HomeFacts(
            running=[(line, self._board.of(line.run_id)) for line in running],
            recent=recent[:RECENT],
            form=reception.form_facts,
            budget=reception.settings.budget,
            command=reception.settings.optimize_command,
            search_command=reception.settings.prompts_command,
            evolve_command=reception.settings.evolve_command,
            left_today=reception.service.left_today(asker.team, asker.user),
        )


def register(app: App, home: HomeTab) -> None:
    """Listen to the tab being opened."""

    @app.event("app_home_opened")
    def opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            home.opened(asker_of(body))


def _told(future: Future[Any]) -> None:
    error = future.exception()
    if error is not None:
        logger.info("a Home tab was not published: %s", describe(error))
