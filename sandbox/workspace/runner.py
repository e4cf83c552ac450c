"""A workspace that runs in a thread of a test, and the means to act in it as a person."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from sandbox.workspace.changes import Change
from sandbox.workspace.faults import Fault
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.options import Options
from sandbox.workspace.page_shapes import page_message
from sandbox.workspace.people import clicks, forms, talk
from sandbox.workspace.records import View
from sandbox.workspace.server import Server, start_server
from sandbox.workspace.workspace import Workspace

T = TypeVar("T")


class RunningWorkspace:
    """A context manager: the workspace serves on a free port until the block ends.

    People and channels go by name or id. Methods raise ApiError or DeliveryFailed as the page would
    show it, and TimeoutError when something awaited does not happen.
    """

    def __init__(self, options: Options | None = None, *, call_timeout: float = 30.0) -> None:
        self._options = options or Options()
        self._call_timeout = call_timeout
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="workspace", daemon=True)
        self._server: Server | None = None
        self._changed = threading.Condition()

    def __enter__(self) -> RunningWorkspace:
        self._thread.start()
        self._server = self._wait(start_server(self._options))
        self._do(self.workspace.state.watch, self._notice)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wait(self.server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _notice(self, _change: Change) -> None:
        with self._changed:
            self._changed.notify_all()

    def _wait(self, act: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(self._call_timeout)

    def _do(self, act: Callable[..., T], *arguments: Any, **named: Any) -> T:
        async def run() -> T:
            return act(*arguments, **named)

        return self._wait(run())

    @property
    def server(self) -> Server:
        """The server; only between start and end."""
        if self._server is None:
            raise RuntimeError("the workspace has not been started")
        return self._server

    @property
    def workspace(self) -> Workspace:
        """The workspace itself; touch it only in its own loop, by `inspect`."""
        return self.server.workspace

    @property
    def url(self) -> str:
        """The page's address."""
        return self.server.url

    @property
    def api_url(self) -> str:
        """The Web API's address, for `base_url`."""
        return f"{self.server.url}api/"

    @property
    def bot_token(self) -> str:
        """The app's bot token."""
        return self.workspace.seed.bot_token

    @property
    def app_token(self) -> str:
        """The app's token for Socket Mode."""
        return self.workspace.seed.app_token

    @property
    def signing_secret(self) -> str:
        """The secret of signed requests."""
        return self.workspace.seed.signing_secret

    def inspect(self, look: Callable[[Workspace], T]) -> T:
        """Call `look` with the workspace in its own loop and give what it found."""
        return self._do(look, self.workspace)

    def user_id(self, user: str) -> str:
        """A person's id."""
        return self._do(self.workspace.state.person, user).id

    def channel_id(self, channel: str) -> str:
        """A channel's id; `@alice` means Alice's direct conversation with the bot."""

        def find(workspace: Workspace) -> str:
            state = workspace.state
            if channel.startswith("@"):
                return state.direct_channel({state.person(channel).id, state.bot.id}).id
            return state.channel(channel).id

        return self.inspect(find)

    # acting as a person

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
        message = self._wait(
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
        return self._do(talk.upload, self.workspace, self.user_id(user), name, data).id

    def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Edit an own message."""
        self._do(talk.edit, self.workspace, self.user_id(user), self.channel_id(channel), ts, text)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put a reaction on a message, or take it back."""
        self._do(talk.react, self.workspace, self.user_id(user), self.channel_id(channel), ts, name)

    def open_home(self, user: str, tab: str = "home") -> None:
        """Look at the app's Home tab."""
        self._do(talk.open_home, self.workspace, self.user_id(user), tab)

    def click(
        self, user: str, channel: str, ts: str, action_id: str, *, block_id: str = "", **chosen: Any
    ) -> None:
        """Press a button or choose from a menu in a message; `chosen` as in Slack's action object."""
        place = self.channel_id(channel)
        block = block_id or self._block_of(place, ts, action_id)
        self._wait(
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
        self._wait(
            clicks.click_in_view(
                self.workspace, self.user_id(user), view["id"], block, action_id, chosen, values
            )
        )

    def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> None:
        """Run a shortcut."""
        place = self.channel_id(channel) if channel else ""
        self._wait(clicks.run_shortcut(self.workspace, self.user_id(user), callback_id, place, ts))

    def submit(self, user: str, values: Mapping[str, Any], *, view_id: str = "") -> JsonObject:
        """Submit the person's topmost modal, or the one named.

        `values` maps a block id or action id to a plain value (text, option value, list of
        (name, bytes) for files), or a block id to Slack's own form. The answer is empty when the modal
        closed, else it has `response_action` and perhaps `errors`.
        """
        given = {name: self._uploaded(user, value) for name, value in values.items()}
        view = view_id or self.view(user)["id"]
        return self._wait(forms.submit(self.workspace, self.user_id(user), view, given))

    def _uploaded(self, user: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self.upload(user, *one) if isinstance(one, tuple) else one for one in value]
        return value

    def close_view(self, user: str, *, view_id: str = "") -> None:
        """Close the person's topmost modal, or the one named."""
        self._wait(forms.close(self.workspace, self.user_id(user), view_id or self.view(user)["id"]))

    # looking

    def views(self, user: str) -> list[JsonObject]:
        """The person's open modals, the lowest first."""
        person = self.user_id(user)

        def look(workspace: Workspace) -> list[JsonObject]:
            return [view_json(workspace.state, one) for one in workspace.modals.of(person)]

        return self.inspect(look)

    def view(self, user: str, timeout: float = 10.0) -> JsonObject:
        """The person's topmost modal; waits until there is one."""
        return self.wait(lambda: self.views(user)[-1:], timeout, f"a modal for {user}")[0]

    def view_by_id(self, view_id: str) -> JsonObject:
        """An open view or Home tab."""

        def look(workspace: Workspace) -> JsonObject:
            found: View = workspace.modals.find(view_id)
            return view_json(workspace.state, found)

        return self.inspect(look)

    def home(self, user: str, timeout: float = 10.0) -> JsonObject:
        """The person's Home tab; waits until the app has published one."""
        person = self.user_id(user)

        def look(workspace: Workspace) -> JsonObject | None:
            view = workspace.modals.home(person)
            return view_json(workspace.state, view) if view else None

        return self.wait(lambda: self.inspect(look), timeout, f"a Home tab for {user}")

    def messages(
        self, channel: str, *, user: str | None = None, thread_ts: str | None = None
    ) -> list[JsonObject]:
        """The messages of a channel or thread, the oldest first, with ephemeral ones of `user` (or of all)."""
        place = self.channel_id(channel)
        person = self.user_id(user) if user else None

        def look(workspace: Workspace) -> list[JsonObject]:
            return [
                page_message(workspace.state, one) | {"seen_only_by": one.seen_only_by}
                for one in workspace.state.messages[place].values()
                if (person is None or one.seen_only_by in (None, person))
                and (thread_ts is None or thread_ts in (one.ts, one.thread_ts))
            ]

        return self.inspect(look)

    def wait_for(
        self, predicate: Callable[[JsonObject], Any], timeout: float = 10.0, *, channel: str = "prompts"
    ) -> JsonObject:
        """The first message of a channel that fulfils `predicate`. Raises TimeoutError."""

        def find() -> JsonObject | None:
            return next((one for one in self.messages(channel) if predicate(one)), None)

        return self.wait(find, timeout, f"a message in {channel}")

    def wait(self, look: Callable[[], T | None], timeout: float = 10.0, what: str = "a change") -> T:
        """What `look` gives as soon as it gives something; it is asked after every change."""
        ends = time.monotonic() + timeout
        while True:
            found = look()
            if found:
                return found
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"waited {timeout} s for {what}")
            with self._changed:
                self._changed.wait(min(left, 0.05))

    def wait_for_app(self, connections: int = 1, timeout: float = 15.0) -> None:
        """Wait until the app has so many Socket Mode connections."""
        self.wait(
            lambda: self.workspace.socket_mode.connections >= connections, timeout, "the app's connection"
        )

    def calls(self, method: str = "") -> list[JsonObject]:
        """The app's Web API calls so far."""
        return self._do(self.workspace.journal.as_json, method)

    def deliveries(self) -> JsonList:
        """What was delivered to the app so far."""
        return self._do(lambda: list(self.workspace.gateway.delivered))

    def file_bytes(self, file_id: str) -> bytes:
        """The content of a file."""
        return self.inspect(lambda workspace: workspace.state.files[file_id].data)

    # disturbing

    def fail_next(self, method: str, **fault: Any) -> None:
        """Plan a fault; the fields are those of `Fault`."""
        self._do(self.workspace.faults.plan, Fault(method, **fault))

    def duplicate_next(self, count: int = 1) -> None:
        """Deliver the next events twice."""

        def plan(workspace: Workspace) -> None:
            workspace.gateway.duplicate_next += count

        self.inspect(plan)

    def disconnect(self, reason: str = "refresh_requested") -> int:
        """End the app's connections as Slack does now and then; the answer is how many there were."""
        return self._wait(self.workspace.socket_mode.ask_to_reconnect(reason))

    def invite_bot(self, channel: str) -> None:
        """Make the bot a member of a channel."""
        state = self.workspace.state
        place = self._do(state.channel, channel)
        self._do(state.join, place, state.bot.id, state.seed.users[0].id)
