"""A person types a slash command: the app's own, or one of the workspace's."""

from __future__ import annotations

from sandbox.workspace.errors import ApiError
from sandbox.workspace.people.answers import post_answer, response_url
from sandbox.workspace.people.identities import VERIFICATION_TOKEN, channel_name
from sandbox.workspace.records import Channel, Message
from sandbox.workspace.responses import ResponseUrl
from sandbox.workspace.workspace import Workspace

BUILT_IN = {"/invite": "Add somebody to this channel", "/remove": "Take somebody out of this channel"}


async def run_command(workspace: Workspace, user: str, channel: str, typed: str) -> None:
    """Run `/command text` in a channel; the app's immediate answer is posted for the person.

    Raises ApiError unknown_command, channel_not_found or not_in_channel, and DeliveryFailed when the
    app did not take it.
    """
    command, _, text = typed.partition(" ")
    text = text.strip()
    place = workspace.state.channel(channel)
    if not workspace.state.may_look(user, place):
        raise ApiError("channel_not_found")
    if user not in place.members:
        raise ApiError("not_in_channel")
    if command in BUILT_IN:
        _run_built_in(workspace, user, place, command, text)
        return
    if command not in {one.command for one in workspace.seed.commands}:
        raise ApiError("unknown_command")
    seed = workspace.seed
    answer = await workspace.gateway.ask(
        "slash_commands",
        {
            "token": VERIFICATION_TOKEN,
            "team_id": seed.team_id,
            "team_domain": seed.team_domain,
            "channel_id": place.id,
            "channel_name": channel_name(place),
            "user_id": user,
            "user_name": workspace.state.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": seed.app_id,
            **({"enterprise_id": seed.enterprise_id} if seed.enterprise_id else {}),
            "is_enterprise_install": "true" if seed.enterprise_id else "false",
            "response_url": response_url(workspace, place.id, user),
            "trigger_id": workspace.triggers.issue(user, channel=place.id),
        },
    )
    if answer.get("text") or answer.get("blocks"):
        post_answer(workspace, ResponseUrl(place.id, user, None, None, 0.0), answer)


def _run_built_in(workspace: Workspace, user: str, place: Channel, command: str, text: str) -> None:
    invited = workspace.state.person(text.strip("<>@ ").partition("|")[0])
    if command == "/invite":
        workspace.state.join(place, invited.id, user)
        said, subtype = f"<@{invited.id}> has joined the channel", "channel_join"
    else:
        place.members.discard(invited.id)
        said, subtype = f"<@{invited.id}> was removed from the channel", "channel_leave"
    workspace.state.post(Message(place.id, workspace.state.new_ts(), invited.id, said, subtype=subtype))
