"""A workspace that runs in a thread of a test, and the means to act in it as a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sandbox.workspace.faults import Fault
from sandbox.workspace.json_types import JsonObject
from sandbox.workspace.observed import ObservedWorkspace
from sandbox.workspace.people import clicks, forms, talk
from sandbox.workspace.workspace import Workspace


class RunningWorkspace(ObservedWorkspace):
    """A context manager: the workspace serves on a free port until the block ends.

    People and channels go by name or id; `@alice` as a channel means Alice's direct conversation with
    the bot. Acts raise ApiError or DeliveryFailed as the page would show it, and TimeoutError when
    something awaited does not happen.
    """

    def slash(self, user: str, channel: str, text: str) -> None:
        """Type a whole command such as `/optimize help`."""
        self.send(user, channel, text)

    def send(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> str:
        """Post a message with files given as (name, bytes); the answer is its stamp (empty for a command)."""
        file_ids = [self.upload(user, name, data) for name, data in files]
        message = self.run(
            talk.send(
                self.workspace,
                self.user_id(user),
                self.channel_id(channel),
                text,
                thread_ts=thread_ts,
                file_ids=file_ids,
            )
        )
        return message.ts if message else ""

    def upload(self, user: str, name: str, data: bytes) -> str:
        """Choose a file; the answer is its id."""
        return self.do(talk.upload, self.workspace, self.user_id(user), name, data).id

    def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Edit an own message."""
        self.do(talk.edit, self.workspace, self.user_id(user), self.channel_id(channel), ts, text)

    def delete(self, user: str, channel: str, ts: str, *, as_admin: bool = False) -> None:
        """Delete an own message, or as an admin any message."""
        place = self.channel_id(channel)
        self.do(talk.delete, self.workspace, self.user_id(user), place, ts, as_admin=as_admin)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put a reaction on a message, or take it back."""
        self.do(talk.react, self.workspace, self.user_id(user), self.channel_id(channel), ts, name)

    def open_home(self, user: str, tab: str = "home") -> None:
        """Look at the app's Home tab."""
        self.do(talk.open_home, self.workspace, self.user_id(user), tab)

    def click(
        self, user: str, channel: str, ts: str, action_id: str, *, block_id: str = "", **chosen: Any
    ) -> None:
        """Press a button or choose from a menu in a message; `chosen` as in Slack's action object."""
        place = self.channel_id(channel)
        block = block_id or self._block_of(place, ts, action_id)
        self.run(
            clicks.click_in_message(self.workspace, self.user_id(user), place, ts, block, action_id, chosen)
        )

    def _block_of(self, channel: str, ts: str, action_id: str) -> str:
        blocks = self.inspect(lambda workspace: workspace.state.message(channel, ts).blocks)
        return clicks.block_with(blocks, action_id)

    def click_in_view(
        self,
        user: str,
        action_id: str,
        *,
        view_id: str = "",
        block_id: str = "",
        values: JsonObject | None = None,
        **chosen: Any,
    ) -> None:
        """Press a button or choose from a menu in a view, the person's topmost modal if none is named."""
        view = self.view(user) if not view_id else self.view_by_id(view_id)
        block = block_id or clicks.block_with(view["blocks"], action_id)
        self.run(
            clicks.click_in_view(
                self.workspace, self.user_id(user), view["id"], block, action_id, chosen, values
            )
        )

    def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> None:
        """Run a shortcut."""
        place = self.channel_id(channel) if channel else ""
        self.run(clicks.run_shortcut(self.workspace, self.user_id(user), callback_id, place, ts))

    def submit(self, user: str, values: Mapping[str, Any], *, view_id: str = "") -> JsonObject:
        """Submit the person's topmost modal, or the one named, as soon as it has a button to do so.

        `values` maps a block id or action id to a plain value (text, option value, list of
        (name, bytes) for files), or a block id to Slack's own form. The answer is empty when the modal
        closed, else it has `response_action` and perhaps `errors`.
        """
        given = {name: self._uploaded(user, value) for name, value in values.items()}
        view = view_id or self.wait(lambda: self._form(user), 10, f"a form for {user}")
        return self.run(forms.submit(self.workspace, self.user_id(user), view, given))

    def _form(self, user: str) -> str:
        """The topmost modal's id; empty while there is nothing to submit, as where an app says to wait."""
        return next((str(view["id"]) for view in self.views(user)[-1:] if view.get("submit")), "")

    def _uploaded(self, user: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self.upload(user, *one) if isinstance(one, tuple) else one for one in value]
        return value

    def close_view(self, user: str, *, view_id: str = "") -> None:
        """Close the person's topmost modal, or the one named."""
        self.run(forms.close(self.workspace, self.user_id(user), view_id or self.view(user)["id"]))

    def fail_next(self, method: str, **fault: Any) -> None:
        """Plan a fault; the fields are those of `Fault`."""
        self.do(self.workspace.faults.plan, Fault(method, **fault))

    def duplicate_next(self, count: int = 1) -> None:
        """Deliver the next events twice."""

        def plan(workspace: Workspace) -> None:
            workspace.gateway.duplicate_next += count

        self.inspect(plan)

    def disconnect(self, reason: str = "refresh_requested") -> int:
        """End the app's connections as Slack does now and then; the answer is how many there were."""
        return self.run(self.workspace.socket_mode.ask_to_reconnect(reason))

    def cut(self) -> int:
        """Break the app's connections without a word; the answer is how many there were."""
        return self.do(self.workspace.socket_mode.cut)

    def convert(
        self, channel: str, kind: Literal["public", "private"], *, leaving: Sequence[str] = ()
    ) -> None:
        """Make a channel private or public; some people leave it just before."""
        gone = {self.user_id(user) for user in leaving}

        def act(workspace: Workspace) -> None:
            place = workspace.state.channel(channel)
            place.members -= gone
            workspace.state.convert(place, kind, workspace.seed.users[0].id)

        self.inspect(act)

    def share(self, channel: str, *, shared: bool = True) -> None:
        """Let another organisation into a channel, or end that."""
        self.inspect(lambda workspace: workspace.state.share(workspace.state.channel(channel), shared=shared))

    def invite_bot(self, channel: str) -> None:
        """Make the bot a member of a channel."""
        state = self.workspace.state
        place = self.do(state.channel, channel)
        self.do(state.join, place, state.bot.id, state.seed.users[0].id)
