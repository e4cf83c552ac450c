"""Posts that somebody waits for: where Slack refuses one, they are told so in direct messages."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from bot.slack.blocks import Message
from bot.slack.messages.notices import not_answered
from bot.slack.poster import Poster, PosterClosed
from bot.slack.refusals import reason_for


def post_awaited(
    poster: Poster,
    waiting: str,
    channel: str,
    content: Message,
    *,
    thread_ts: str = "",
    lane: str = "",
    key: str = "",
) -> Future[Any]:
    """Post something that the person ``waiting`` waits for; the future holds its timestamp."""
    sent = poster.post(channel, content, thread_ts=thread_ts, lane=lane, key=key)
    return tell_if_lost(poster, waiting, channel, sent)


def tell_if_lost(poster: Poster, waiting: str, channel: str, sent: Future[Any]) -> Future[Any]:
    """Tell the person ``waiting`` when what is being ``sent`` to ``channel`` does not arrive."""

    def arrived(future: Future[Any]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, PosterClosed):
            poster.post(waiting, not_answered(channel, reason_for(error)))

    sent.add_done_callback(arrived)
    return sent
