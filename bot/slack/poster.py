"""The one thread that talks to a workspace on behalf of runs: paced, in order, patient with refusals."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.config import Pace
from bot.slack.blocks import Block, Message
from bot.slack.clients import TOKEN_REFUSED, Clients, NotInstalled
from bot.slack.limiter import EDIT, POST, UPLOAD, Limiter
from bot.slack.once import Once, find_post, find_upload, metadata_of, once_for
from bot.slack.outbox import Job, Outbox, Send
from bot.slack.slack_errors import error_code, retry_after
from bot.slack.uploading import Attachment, Spot, TellIds, upload_files

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
_NEW_BLOCKS = frozenset({"context_actions"})
"""Blocks that Slack brings to workspaces one after the other; a message says all that matters without them."""
_TRANSIENT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


CountCall = Callable[[str, str], None]
"""Told of each call's method and how it ended: ``sent``, ``rate_limited``, ``retried`` or ``failed``."""


class PosterClosed(RuntimeError):
    """This process posts no more; what was not sent is sent by the next one, which finds it unrecorded."""


class Poster:
    """Talks to the workspace ``team``: every method returns at once with a future.

    The futures' callbacks run on the poster's thread. A token is asked for before each call, and
    whether this process ``may`` still talk to Slack: where another bot is at work, nothing is sent.
    """

    def __init__(
        self,
        clients: Clients,
        team: str,
        pace: Pace | None = None,
        *,
        once: Once | None = None,
        clock: Callable[[], float] = time.monotonic,
        count: CountCall = lambda method, outcome: None,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._count = count
        self._may = may
        self._clients = clients
        self._team = team
        self._once = once
        self._clock = clock
        self._limiter = Limiter(pace or Pace())
        self._outbox = Outbox(self._limiter)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="poster", daemon=True)
        self._thread.start()

    def post(
        self, channel: str, content: Message, *, thread_ts: str = "", lane: str = "", key: str = ""
    ) -> Future[Any]:
        """Post a message once; the future holds its timestamp. Under a ``key`` that holds across crashes."""
        once, name = once_for(key, self._once)

        def send(client: WebClient) -> str:
            return once.send(
                name,
                lambda: _post(client, channel, content, thread_ts, name),
                lambda since: find_post(client, channel, thread_ts, name, since),
            )

        return self._put(Job(POST, channel, lane or channel, send))

    def edit(
        self, channel: str, ts: str, draw: Callable[[], Message], *, urgent: bool = False
    ) -> Future[Any]:
        """Replace a message by what ``draw`` returns when its turn comes; only the newest edit is sent."""

        def send(client: WebClient) -> None:
            content = draw()
            client.chat_update(
                channel=channel,
                ts=ts,
                text=content.text,
                blocks=list(content.blocks),
                parse="none",
                link_names=False,
            )

        return self._put(Job(EDIT, channel, "", send, message=f"{channel}/{ts}", urgent=urgent))

    def upload(
        self,
        channel: str,
        files: Sequence[Attachment],
        *,
        thread_ts: str,
        comment: str = "",
        lane: str = "",
        key: str = "",
        uploaded: TellIds = lambda files: None,
    ) -> Future[Any]:
        """Post files into a thread once, under a ``key`` across crashes.

        The future holds the first file's id; ``uploaded`` is told id -> name, before anything is sent.
        """
        names = [file.name for file in files]
        once, name = once_for(key, self._once)

        def upload(client: WebClient) -> str:
            return upload_files(client, files, Spot(channel, thread_ts, comment), uploaded)

        def send(client: WebClient) -> str:
            return once.send(
                name,
                lambda: upload(client),
                lambda since: find_upload(client, channel, thread_ts, names, since),
            )

        return self._put(Job(UPLOAD, channel, lane or channel, send))

    def forget(self, key: str) -> None:
        """Let what was posted under ``key`` be posted anew."""
        if self._once is not None:
            self._once.forget(key)

    def call(self, method: str, send: Send, *, channel: str = "", lane: str = "") -> Future[Any]:
        """Make any other call in its turn."""
        return self._put(Job(method, channel, lane or channel, send))

    @property
    def waiting(self) -> int:
        """How many calls wait to be made."""
        return len(self._outbox)

    def end(self) -> None:
        """Take nothing more, and end the thread when what waits has been sent."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def close(self, timeout: float = 10.0) -> None:
        """Send what waits, for at most ``timeout`` seconds, and end the thread."""
        self.end()
        self._thread.join(timeout)
        with self._changed:
            self._outbox = Outbox(self._limiter)
            self._changed.notify_all()

    def _put(self, job: Job) -> Future[Any]:
        with self._changed:
            if self._closing:
                job.done.set_exception(PosterClosed("the poster is closed"))
                return job.done
            self._outbox.put(job)
            self._changed.notify_all()
        return job.done

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._send(job)

    def _next(self) -> Job | None:
        with self._changed:
            while True:
                now = self._clock()
                job, ready = self._outbox.take(now)
                if job is not None:
                    return job
                if self._closing and not len(self._outbox):
                    return None
                self._changed.wait(min(ready - now, 60.0))

    def _send(self, job: Job) -> None:
        token = ""
        if not self._may():
            job.done.set_exception(PosterClosed("another bot is at work"))
            return
        try:
            client = self._clients.of(self._team)
            token = str(client.token)
            result = job.send(client)
        except SlackApiError as error:
            if error_code(error) in TOKEN_REFUSED and self._has_another(token):
                self._again_or_fail(job, error, 0.0)
            else:
                self._refused(job, error)
        except NotInstalled as error:
            self._fail(job, error)
        except (OSError, HTTPException, SlackRequestError) as error:
            self._again_or_fail(job, error, 2.0**job.attempts)
        except Exception as error:
            logger.exception("a message could not be built or sent")
            self._fail(job, error)
        else:
            self._count(job.method, "sent")
            job.done.set_result(result)

    def _fail(self, job: Job, error: Exception) -> None:
        self._count(job.method, "failed")
        job.done.set_exception(error)

    def _has_another(self, token: str) -> bool:
        """Whether there is a token other than this one, which Slack did not take."""
        try:
            return self._clients.of(self._team, token).token != token
        except (NotInstalled, OSError):
            return False

    def _refused(self, job: Job, error: SlackApiError) -> None:
        code = error_code(error)
        status = int(getattr(error.response, "status_code", 0))
        if code == "ratelimited" or status == 429:
            self._again_or_fail(job, error, retry_after(error) or 1.0, counted=False)
        elif code in _TRANSIENT or status >= 500:
            self._again_or_fail(job, error, 2.0**job.attempts)
        else:
            self._fail(job, error)

    def _again_or_fail(self, job: Job, error: Exception, wait: float, *, counted: bool = True) -> None:
        job.attempts += counted
        if job.attempts >= MAX_ATTEMPTS:
            self._fail(job, error)
            return
        self._count(job.method, "retried" if counted else "rate_limited")
        with self._changed:
            self._limiter.hold(job.method, job.channel, self._clock() + wait)
            self._outbox.put_back(job)
        logger.info("%s has to wait %.0f s", job.method, wait)


def _post(client: WebClient, channel: str, content: Message, thread_ts: str, key: str) -> str:
    """Post; where a workspace does not know the newest blocks yet, post without them."""

    def call(blocks: Sequence[Block]) -> str:
        answer = client.chat_postMessage(
            channel=channel,
            text=content.text,
            blocks=list(blocks),
            thread_ts=thread_ts or None,
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
            link_names=False,
            metadata=metadata_of(key),
        )
        return str(answer["ts"])

    try:
        return call(content.blocks)
    except SlackApiError as error:
        known = [block for block in content.blocks if block["type"] not in _NEW_BLOCKS]
        if error_code(error) != "invalid_blocks" or len(known) == len(content.blocks):
            raise
        logger.info("this workspace does not take %s yet", ", ".join(sorted(_NEW_BLOCKS)))
        return call(known)
