"""The thread of one run, whatever its kind: a first message that is edited, replies that are posted once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from slack_sdk import WebClient

from bot.background.trouble import Trouble
from bot.slack.blocks import Message
from bot.slack.feedback_marks import use_said
from bot.slack.futures import settled, silent
from bot.slack.messages.notices import failure, moved_here, unreachable
from bot.slack.poster import Attachment, Poster, PosterClosed
from bot.slack.refusals import GONE, cannot_post, describe, reason_for
from bot.slack.slack_errors import error_code
from storage.runs import RunRecord, RunTable

logger = logging.getLogger(__name__)

PARENT = "parent"
STATUS = "status"
ERROR = "error"
MOVED = "moved"
_NOT_EDITABLE = frozenset({"edit_window_closed", "message_not_found", "cant_update_message"})
_MOST_STATUS_REPLIES = 6


def unheard(uploaded: Mapping[str, str]) -> None:
    """Nobody wants to know."""


class RunThread:
    """Posts for one run; what is recorded as posted is never posted again.

    ``draw`` draws the first message anew, ``ended`` tells whether it has reached its last state. When
    the channel is gone (archived, or the bot was removed), the thread goes on in a direct message to
    the run's owner. Safe to use from any thread.
    """

    def __init__(
        self,
        run: RunRecord,
        runs: RunTable,
        poster: Poster,
        bot_name: str,
        *,
        draw: Callable[[], Message],
        ended: Callable[[], bool],
    ) -> None:
        self.run = run
        self._runs = runs
        self._poster = poster
        self._bot_name = bot_name
        self._draw = draw
        self._ended = ended
        self._lock = threading.Lock()
        self._posted = dict(run.message_ts)
        self._channel, self._ts = run.place.channel, run.place.thread_ts
        if self._posted.get(MOVED):
            self._channel, self._ts = self._posted[MOVED].split("/", 1)
        self._moving: list[Callable[[bool], None]] | None = None
        self._status_replies = 0

    @property
    def ts(self) -> str:
        """Timestamp of the message that the replies hang on."""
        return self._ts

    @property
    def channel(self) -> str:
        """Where the thread is: the run's channel, or the owner's direct messages."""
        return self._channel

    def has(self, name: str) -> bool:
        """Whether the message ``name`` was posted."""
        return bool(self._posted.get(name))

    def note(self, name: str, ts: str) -> None:
        """Remember the message ``name``; an empty ``ts`` forgets it."""
        self._posted[name] = ts
        self._runs.set_message(self.run.id, name, ts)
        if not ts:
            self._poster.forget(self._key(name))

    def _key(self, name: str) -> str:
        return f"{self.run.id}/{name}"

    def open(self) -> Future[None]:
        """Post the first message, unless an earlier process has."""
        if self.has(PARENT):
            return settled()
        opened: Future[None] = Future()

        def posted(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None:
                opened.set_exception(cannot_post(error, self._bot_name))
                return
            ts = str(future.result())
            if not self._ts:
                self._ts = ts
                self._runs.set_thread(self.run.id, ts)
            self.note(PARENT, ts)
            opened.set_result(None)

        self._poster.post(
            self._channel, self._draw(), thread_ts=self._ts, lane=self.run.id, key=self._key(PARENT)
        ).add_done_callback(posted)
        return opened

    def say(self, name: str, content: Message) -> Future[Any]:
        """Reply once; ``name`` is what the reply is remembered by. The future holds its timestamp."""

        def post() -> Future[Any]:
            return self._poster.post(
                self._channel, content, thread_ts=self._ts, lane=self.run.id, key=self._key(name)
            )

        return self._once(name, post)

    def upload(
        self,
        name: str,
        files: Sequence[Attachment],
        uploaded: Callable[[Mapping[str, str]], None] = unheard,
    ) -> Future[Any]:
        """Post files once, remembered by ``name``; ``uploaded`` hears their ids and names."""

        def post() -> Future[Any]:
            return self._poster.upload(
                self._channel,
                files,
                thread_ts=self._ts,
                lane=self.run.id,
                key=self._key(name),
                uploaded=uploaded,
            )

        return self._once(name, post)

    def redraw(self, *, urgent: bool = False) -> None:
        """Bring the first message up to date; only its newest state is sent."""
        ts = self._posted.get(STATUS) or self._posted.get(PARENT)
        if ts:
            self._poster.edit(self._channel, ts, self._draw, urgent=urgent).add_done_callback(self._edited)

    def fail(self, trouble: Trouble, *, charged: bool) -> Future[None]:
        """Say what went wrong: in the thread, or to the owner when there is no thread."""
        if not self.has(PARENT):
            told = unreachable(self.run.place.channel, self.run.id, self._bot_name, trouble.message)
            return silent(self._poster.post(self.run.owner, told, key=self._key("unreachable")))
        return silent(self.say(ERROR, failure(trouble, self.run.id, charged=charged)))

    def permalink(self, ts: str) -> Future[Any]:
        """Ask for the address of a message of this thread; empty when Slack has none."""
        channel = self._channel
        link: Future[Any] = Future()

        def ask(client: WebClient) -> str:
            return str(client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])

        def answered(future: Future[Any]) -> None:
            link.set_result("" if future.exception() is not None else future.result())

        self._poster.call("chat.getPermalink", ask, channel=channel, lane=self.run.id).add_done_callback(
            answered
        )
        return link

    def react(self, ts: str, name: str) -> None:
        """Put a reaction on a message of the thread; that it cannot be put is no trouble."""
        channel = self.run.place.channel

        def send(client: WebClient) -> None:
            client.reactions_add(channel=channel, timestamp=ts, name=name)

        self._poster.call("reactions.add", send, channel=channel).add_done_callback(_ignored)

    def feedback_taken(self, text: str, author: str) -> None:
        """Mark the reply that said this: a round has taken it."""
        ts = use_said(self._runs, self.run.id, text, author)
        if ts:
            self.react(ts, "white_check_mark")

    def whisper(self, content: Message) -> None:
        """Show something in the thread to the run's owner alone."""
        channel, ts = self._channel, self._ts

        def send(client: WebClient) -> None:
            client.chat_postEphemeral(
                channel=channel,
                user=self.run.owner,
                thread_ts=ts,
                text=content.text,
                blocks=list(content.blocks),
                parse="none",
                link_names=False,
            )

        self._poster.call("chat.postEphemeral", send, channel=channel, lane=self.run.id).add_done_callback(
            _ignored
        )

    def _once(self, name: str, post: Callable[[], Future[Any]]) -> Future[Any]:
        if self.has(name):
            return settled()
        done: Future[Any] = Future()
        self._try(name, post, done)
        return done

    def _try(self, name: str, post: Callable[[], Future[Any]], done: Future[Any]) -> None:
        channel = self._channel

        def sent(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                self.note(name, str(future.result()))
                done.set_result(str(future.result()))
            elif error_code(error) in GONE:
                self._move(channel, error, lambda ok: self._after_move(ok, name, post, done, error))
            else:
                if not isinstance(error, PosterClosed):
                    logger.warning("%s of run %s was not posted: %s", name, self.run.id, describe(error))
                done.set_exception(error)

        post().add_done_callback(sent)

    def _after_move(
        self, ok: bool, name: str, post: Callable[[], Future[Any]], done: Future[Any], error: BaseException
    ) -> None:
        if ok:
            self._try(name, post, done)
        else:
            done.set_exception(error)

    def _move(self, gone: str, error: BaseException, then: Callable[[bool], None]) -> None:
        """Go on in the owner's direct messages; ``then`` hears whether that worked."""
        with self._lock:
            moved = self._channel != gone
            if not moved and self._moving is not None:
                self._moving.append(then)
                return
            if not moved:
                self._moving = [then]
        if moved:
            then(True)
            return
        logger.info("run %s goes on in its owner's direct messages: %s", self.run.id, describe(error))
        direct = self._poster.call("conversations.open", self._open_direct, lane=self.run.id)
        direct.add_done_callback(lambda opened: self._settle_in(opened, error))

    def _open_direct(self, client: WebClient) -> str:
        return str(client.conversations_open(users=self.run.owner)["channel"]["id"])

    def _settle_in(self, opened: Future[Any], error: BaseException) -> None:
        if opened.exception() is not None or opened.result() == self._channel:
            self._moved(False)
            return
        direct = str(opened.result())

        def posted(future: Future[Any]) -> None:
            if future.exception() is not None:
                self._moved(False)
                return
            ts = str(future.result())
            self._channel, self._ts = direct, ts
            self.note(MOVED, f"{direct}/{ts}")
            self.note(STATUS, ts)
            why = moved_here(self.run.place.channel, reason_for(error))
            self._poster.post(direct, why, thread_ts=ts, lane=self.run.id, key=self._key("why-moved"))
            self._moved(True)

        self._poster.post(direct, self._draw(), lane=self.run.id, key=self._key(MOVED)).add_done_callback(
            posted
        )

    def _moved(self, ok: bool) -> None:
        with self._lock:
            waiting, self._moving = self._moving or [], None
        for then in waiting:
            then(ok)

    def _edited(self, future: Future[Any]) -> None:
        error = future.exception()
        if error is None or isinstance(error, PosterClosed):
            return
        if error_code(error) not in _NOT_EDITABLE:
            logger.warning("the first message of run %s was not edited: %s", self.run.id, describe(error))
            return
        if self._status_replies < _MOST_STATUS_REPLIES or self._ended():
            self._status_replies += 1
            self._posted.pop(STATUS, None)
            self._poster.forget(self._key(STATUS))
            self.say(STATUS, self._draw())


def _ignored(future: Future[Any]) -> None:
    if future.exception() is not None and not isinstance(future.exception(), PosterClosed):
        logger.info("a small gesture was not made: %s", describe(future.exception() or RuntimeError()))
