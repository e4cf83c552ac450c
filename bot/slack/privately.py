"""Telling something to one person alone, whatever brought them here."""

from __future__ import annotations

from slack_bolt import Respond
from slack_sdk import WebClient

from bot.slack.blocks import Message
from bot.slack.incoming.said import Said
from bot.slack.posters import Posters


def tell(respond: Respond, content: Message, *, replace: bool = False) -> None:
    """Answer a command or a click; ``replace`` puts the answer in the place of what was clicked."""
    respond(
        text=content.text,
        blocks=list(content.blocks),
        response_type="ephemeral",
        replace_original=replace,
    )


def whisper(posters: Posters, said: Said, content: Message) -> None:
    """Answer a message so that only its author sees it; in direct messages they are alone anyway."""
    if said.direct:
        posters.of(said.team).post(said.channel, content, thread_ts=said.thread_ts)
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

    posters.of(said.team).call("chat.postEphemeral", send, channel=said.channel)


def mark_seen(posters: Posters, said: Said, name: str = "eyes") -> None:
    """Put a reaction on a message; that it cannot be put is no trouble."""

    def send(client: WebClient) -> None:
        client.reactions_add(channel=said.channel, timestamp=said.ts, name=name)

    posters.of(said.team).call("reactions.add", send, channel=said.channel)
