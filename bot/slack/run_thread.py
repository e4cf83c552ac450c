"""The thread of one run, whatever its kind: a first message that is edited, replies that are posted once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.background.trouble import Trouble
from bot.slack.blocks import Message
from bot.slack.feedback_marks import unread, use_said
from bot.slack.futures import settled, silent
from bot.slack.messages.notices import failure, unreachable, unread_replies
from bot.slack.posted import Posted
from bot.slack.poster import Poster, PosterClosed
from bot.slack.refusals import another_place_helps, cannot_post, describe
from bot.slack.slack_errors import error_code
from bot.slack.thread_place import STATUS, ThreadPlace
from bot.slack.uploading import Attachment
from storage.runs import RunRecord, RunTable

logger = logging.getLogger(__name__)

PARENT = "parent"
FINAL, FILES, ERROR = "final", "files", "error"
_NEEDED = frozenset({FINAL, FILES, ERROR})
"""Posts without which the owner would not know what came of the run."""
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
        self._posted = Posted(run, runs, poster)
        self._place = ThreadPlace(run, self._posted, poster, draw)
        self._status_replies = 0

    @property
    def ts(self) -> str:
        """Timestamp of the message that the replies hang on."""
        return self._place.ts

    @property
    def channel(self) -> str:
        """Where the thread is: the run's channel, or the owner's direct messages."""
        return self._place.channel

    def has(self, name: str) -> bool:
        """Whether the message ``name`` was posted."""
        return bool(self._posted.ts(name))

    def mark(self, name: str) -> str:
        """What was noted as ``name``: a message's timestamp, or a mark; empty when nothing was."""
        return self._posted.ts(name)

    def is_here(self, name: str) -> bool:
        """Whether the message ``name`` was posted into the thread as it is now."""
        return self._place.holds(self._posted.ts(name))

    def note(self, name: str, ts: str) -> None:
        """Remember the message ``name``; an empty ``ts`` forgets it."""
        self._posted.note(name, ts)

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
            if not self.ts:
                self._place.ts = ts
                self._runs.set_thread(self.run.id, ts)
            self.note(PARENT, ts)
            opened.set_result(None)

        self._poster.post(
            self.channel, self._draw(), thread_ts=self.ts, lane=self.run.id, key=self._posted.key(PARENT)
        ).add_done_callback(posted)
        return opened

    def say(self, name: str, content: Message) -> Future[Any]:
        """Reply once; ``name`` is what the reply is remembered by. The future holds its timestamp."""

        def post() -> Future[Any]:
            return self._poster.post(
                self.channel, content, thread_ts=self.ts, lane=self.run.id, key=self._posted.key(name)
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
                self.channel,
                files,
                thread_ts=self.ts,
                lane=self.run.id,
                key=self._posted.key(name),
                uploaded=uploaded,
            )

        return self._once(name, post)

    @property
    def _card(self) -> str:
        """Timestamp of the message that shows how the run stands."""
        return self._posted.ts(STATUS) or self._posted.ts(PARENT)

    def redraw(self, *, urgent: bool = False) -> None:
        """Bring the first message up to date; only its newest state is sent."""
        ts = self._card
        if ts:
            edit = self._poster.edit(self.channel, ts, self._draw, urgent=urgent)
            edit.add_done_callback(lambda sent: self._edited(sent, ts))

    def edit(self, name: str, draw: Callable[[], Message]) -> Future[Any]:
        """Replace the reply ``name``; only the newest of several edits is sent."""
        return self._poster.edit(self.channel, self._posted.ts(name), draw)

    def remove(self, name: str) -> Future[Any]:
        """Delete the reply ``name``; it stays known as posted. One that is gone already is no trouble."""
        channel, ts = self.channel, self._posted.ts(name)

        def send(client: WebClient) -> None:
            try:
                client.chat_delete(channel=channel, ts=ts)
            except SlackApiError as error:
                if error_code(error) != "message_not_found":
                    raise

        return self._poster.call("chat.delete", send, channel=channel, lane=self.run.id)

    def fail(self, trouble: Trouble, *, charged: bool) -> Future[None]:
        """Say what went wrong: in the thread, or to the owner when there is no thread."""
        if not self.has(PARENT):
            told = unreachable(self.run.place.channel, self.run.id, trouble.message, trouble.fix)
            return silent(self._poster.post(self.run.owner, told, key=self._posted.key("unreachable")))
        return silent(self.say(ERROR, failure(trouble, self.run.id, charged=charged)))

    def permalink(self, ts: str) -> Future[Any]:
        """Ask for the address of a message of this thread; empty when Slack has none."""
        channel = self.channel
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
        channel = self.channel if self._place.holds(ts) else self.run.place.channel

        def send(client: WebClient) -> None:
            client.reactions_add(channel=channel, timestamp=ts, name=name)

        self._poster.call("reactions.add", send, channel=channel).add_done_callback(_ignored)

    def feedback_taken(self, text: str, author: str) -> None:
        """Mark the reply that said this: a round has taken it."""
        ts = use_said(self._runs, self.run.id, text, author)
        if ts:
            self.react(ts, "white_check_mark")

    def tell_unread(self) -> None:
        """Say, after the last round, that replies came too late for it."""
        left = unread(self._runs, self.run.id)
        if left:
            self.say("unread", unread_replies(left))

    def whisper(self, content: Message) -> None:
        """Show something in the thread to the run's owner alone."""
        channel, ts = self.channel, self.ts

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
        channel = self.channel

        def sent(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                self.note(name, str(future.result()))
                done.set_result(str(future.result()))
            elif another_place_helps(error, needed=name in _NEEDED):
                self._place.move(channel, error, lambda ok: self._after_move(ok, name, post, done, error))
            else:
                if not isinstance(error, PosterClosed):
                    logger.warning("%s of run %s was not posted: %s", name, self.run.id, describe(error))
                done.set_exception(error)

        post().add_done_callback(sent)

    def _after_move(
        self, ok: bool, name: str, post: Callable[[], Future[Any]], done: Future[Any], error: BaseException
    ) -> None:
        if ok and name == STATUS:
            done.set_result(self.ts)  # the message that the new thread hangs on shows it
        elif ok:
            self._try(name, post, done)
        else:
            done.set_exception(error)

    def _edited(self, future: Future[Any], ts: str) -> None:
        error = future.exception()
        if error is None or isinstance(error, PosterClosed):
            return
        if error_code(error) not in _NOT_EDITABLE:
            logger.warning("the first message of run %s was not edited: %s", self.run.id, describe(error))
            return
        if ts != self._card:
            self.redraw(urgent=True)  # the thread has moved meanwhile, and its card has an older state
            return
        if self._status_replies < _MOST_STATUS_REPLIES or self._ended():
            self._status_replies += 1
            self._posted.anew(STATUS)
            self.say(STATUS, self._draw())


def _ignored(future: Future[Any]) -> None:
    if future.exception() is not None and not isinstance(future.exception(), PosterClosed):
        logger.info("a small gesture was not made: %s", describe(future.exception() or RuntimeError()))
