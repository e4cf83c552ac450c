"""A workspace that runs in a thread of a test, and what can be seen in it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from sandbox.workspace.changes import Change
from sandbox.workspace.json_types import JsonList, JsonObject
from sandbox.workspace.modals import view_json
from sandbox.workspace.options import Options
from sandbox.workspace.page_shapes import page_message
from sandbox.workspace.records import View
from sandbox.workspace.server import Server, start_server
from sandbox.workspace.workspace import Workspace

T = TypeVar("T")


class ObservedWorkspace:
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

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self.run(start_server(self._options))
        self.do(self.workspace.state.watch, self._notice)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(self.server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _notice(self, _change: Change) -> None:
        with self._changed:
            self._changed.notify_all()

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the workspace's loop and give its result."""
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(self._call_timeout)

    def do(self, act: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Call a function in the workspace's loop and give its result."""

        async def call() -> T:
            return act(*arguments, **named)

        return self.run(call())

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
        return self.do(look, self.workspace)

    def user_id(self, user: str) -> str:
        """A person's id."""
        return self.do(self.workspace.state.person, user).id

    def channel_id(self, channel: str) -> str:
        """A channel's id; `@alice` means Alice's direct conversation with the bot."""

        def find(workspace: Workspace) -> str:
            state = workspace.state
            if channel.startswith("@"):
                return state.direct_channel({state.person(channel).id, state.bot.id}).id
            return state.channel(channel).id

        return self.inspect(find)

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
        return self.do(self.workspace.journal.as_json, method)

    def deliveries(self) -> JsonList:
        """What was delivered to the app so far."""
        return self.do(lambda: list(self.workspace.gateway.delivered))

    def file_bytes(self, file_id: str) -> bytes:
        """The content of a file."""
        return self.inspect(lambda workspace: workspace.state.files[file_id].data)
