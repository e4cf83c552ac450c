"""Telling something to one person alone, whatever brought them here."""

from __future__ import annotations

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.slack.blocks import Message
from bot.slack.incoming.said import Said
from bot.slack.poster import Poster


def tell(respond: Respond, content: Message, *, replace: bool = False) -> None:
    """Answer a command or a click; ``replace`` puts the answer in the place of what was clicked."""
    respond(
        text=content.text,
        blocks=list(content.blocks),
        response_type="ephemeral",
        replace_original=replace,
    )


def whisper(poster: Poster, said: Said, content: Message) -> None:
    """Answer a message so that only its author sees it; in direct messages they are alone anyway."""
    if said.direct:
        poster.post(said.channel, content, thread_ts=said.thread_ts)
        return

    def send(client: WebClient) -> None:
        client.chat_postEphemeral(
            channel=said.channel,
            user=said.user,
            thread_ts=said.thread_ts or None,
            text=content.text,
            blocks=list(content.blocks),
            parse="none",
            link_names=False,
        )

    poster.call("chat.postEphemeral", send, channel=said.channel)


def mark_seen(poster: Poster, said: Said, name: str = "eyes") -> None:
    """Put a reaction on a message; that it cannot be put is no trouble."""

    def send(client: WebClient) -> None:
        client.reactions_add(channel=said.channel, timestamp=said.ts, name=name)

    poster.call("reactions.add", send, channel=said.channel)
