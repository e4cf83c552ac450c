"""Puts the Slack bot together, and serves it until it is told to stop."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.departures import Departures
from bot.background.engine import sqlite_url
from bot.background.housekeeping import Housekeeping
from bot.background.only_bot import OnlyBot, StoppedWaiting
from bot.background.service import RunService
from bot.background.sharing import Shared, open_shared
from bot.config import BotSettings
from bot.logs import set_up_log, told_to_stop, wait_for_the_end
from bot.slack import (
    draft_buttons,
    error_router,
    evolve_command,
    home,
    leaving,
    message_events,
    optimize_command,
    prompts_command,
    replies,
    review_buttons,
    run_buttons,
    search_buttons,
    sharing,
    shortcuts,
    submissions,
)
from bot.slack.authorizing import NOT_HERE, Authorize
from bot.slack.clients import API_TIMEOUT
from bot.slack.desk import SlackDesk
from bot.slack.doors import Doors
from bot.slack.efforts import form_facts
from bot.slack.http_server import make_http_server
from bot.slack.leaving import Leaving
from bot.slack.reception import Reception
from bot.slack.slack_errors import error_code
from bot.slack.upload_remover import SlackUploadRemover
from bot.slack.workspaces import workspaces_of
from optimizer.errors import ConfigError
from storage.errors import StorageError
from storage.exchange import local_exchange
from storage.store import Store

logger = logging.getLogger(__name__)

_socket_logger = logging.getLogger("bot.slack.socket")
_LISTENER_THREADS = 10
_LEAVING_SECONDS = 5.0
LISTENERS = (
    optimize_command,
    evolve_command,
    submissions,
    run_buttons,
    prompts_command,
    search_buttons,
    message_events,
    draft_buttons,
    replies,
    review_buttons,
    sharing,
    shortcuts,
)
"""Modules with a ``register``; a further kind of run brings its command, form and buttons here."""
_BOLT_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN")


def build_app(
    settings: BotSettings,
    store: Store,
    service: RunService,
    desk: SlackDesk,
    authorize: Authorize | None = None,
) -> App:
    """Return the Bolt app with all listeners; nothing is connected yet.

    ``authorize`` finds the installation of each request where there are several workspaces.

    Raises:
        ConfigError: Slack refuses the bot token or cannot be reached.
    """
    client = WebClient(settings.bot_token or None, base_url=settings.api_url, timeout=API_TIMEOUT)
    with _without_variables():
        app = App(
            client=client,
            signing_secret=settings.signing_secret,
            request_verification_enabled=settings.mode == "http",
            listener_executor=ThreadPoolExecutor(_LISTENER_THREADS, thread_name_prefix="listener"),
            before_authorize=message_events.skip_echoes,
            authorize=authorize,  # type: ignore[arg-type]  # None turns a request away; Bolt's hint lacks it
            user_facing_authorize_error_message=NOT_HERE,
        )
    reception = Reception(
        settings=settings,
        store=store,
        service=service,
        doors=Doors(store, desk.members, settings.admin_users),
        members=desk.members,
        links=desk.links,
        names=desk.names,
        posters=desk.posters,
        form_facts=form_facts(settings),
        who=desk.who,
    )
    for listeners in LISTENERS:
        listeners.register(app, reception)
    home.register(app, desk.open_home(reception))
    error_router.register(app)
    return app


@contextmanager
def _without_variables() -> Iterator[None]:
    """Hide the variables that Bolt would read behind our back and change its mode by."""
    hidden = {name: os.environ.pop(name) for name in _BOLT_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


class RunningBot:
    """The bot at work: service, poster and connection. Use as a context manager.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
    """

    def __init__(self, settings: BotSettings, store: Store, shared: Shared | None = None) -> None:
        self._settings = settings
        self.workspaces = workspaces_of(settings, store)
        self.uploads = SlackUploadRemover(self.workspaces.clients)
        self.desk = SlackDesk(settings, store, self.workspaces.clients, self.workspaces.who)
        shared = shared or Shared(local_exchange(store, silent=settings.silent), sqlite_url(store.folder))
        self.service = RunService(
            store,
            settings.models,
            self.desk,
            limits=settings.limits,
            budget=settings.budget,
            daily=settings.daily,
            shared=shared,
            slots=settings.worker_runs,
            silent=settings.silent,
            large=settings.large,
        )
        departures = Departures(store, shared.exchange, self.service)
        self.housekeeping = Housekeeping(
            store, self.uploads, settings.retention_days, departures, self.desk.places
        )
        self.app = build_app(settings, store, self.service, self.desk, self.workspaces.authorize)
        if settings.oauth is not None:
            leaving.register(
                self.app, Leaving(store.workspaces, settings.oauth.grace_days, self.housekeeping.wake)
            )
        elif settings.mode == "http":
            leaving.ignore(self.app)
        self._socket: SocketModeHandler | None = None
        self._http = (
            make_http_server(self.app, settings.port, pages=self.workspaces.pages)
            if settings.mode == "http"
            else None
        )

    @property
    def port(self) -> int:
        """The port of the HTTP server; 0 in Socket Mode."""
        return int(self._http.server_address[1]) if self._http is not None else 0

    def __enter__(self) -> RunningBot:
        self.service.start()
        if self._http is not None:
            threading.Thread(target=self._http.serve_forever, name="http", daemon=True).start()
            return self
        _socket_logger.disabled = False
        self._socket = SocketModeHandler(self.app, self._settings.app_token, logger=_socket_logger)
        try:
            self._socket.connect()  # type: ignore[no-untyped-call]
        except (SlackClientError, OSError) as error:
            self.__exit__(None, None, None)
            raise ConfigError(
                f"Slack refused the Socket Mode connection ({error_code(error) or 'no reason given'}).",
                "Check SLACK_APP_TOKEN (scope connections:write) and that Socket Mode is switched on.",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            _socket_logger.disabled = True  # a delivery cut off by the end is made again; no need to cry
            _leave(self._socket)
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        self.service.close()
        self.desk.close()


def _leave(socket: SocketModeHandler) -> None:
    """Close the connection, but do not wait for long: the SDK's reader sometimes never comes back."""
    closing = threading.Thread(target=socket.close, name="leaving", daemon=True)
    closing.start()
    closing.join(_LEAVING_SECONDS)


def serve(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or Ctrl-C; runs under way go on with the next start.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
        StorageError: the data folder cannot be used.
    """
    set_up_log()
    _socket_logger.setLevel(logging.WARNING)
    with (
        told_to_stop() as stop,
        Store(settings.data, settings.embedder, chroma_url=settings.chroma_url) as store,
        open_shared(settings.database_url, store, settings.silent) as shared,
    ):
        try:
            with (
                OnlyBot(settings.data, shared.exchange, stop, on_wait=_say_waiting) as alone,
                RunningBot(settings, store, shared) as bot,
                bot.housekeeping,
            ):
                logger.info("ready")
                print("Promptbeam is ready.", flush=True)
                wait_for_the_end(stop, alone.lost)
                print("Stopping; unfinished runs go on with the next start.", flush=True)
        except StoppedWaiting:
            print("Stopped while another bot was at work.", flush=True)
            return
    if alone.lost.is_set():
        raise StorageError(
            "The shared database could not be reached for too long, and another bot may be at work.",
            "Start this one again: it waits until it is the only one.",
        )


def _say_waiting() -> None:
    print("Another bot is at work here; waiting until it ends.", flush=True)
