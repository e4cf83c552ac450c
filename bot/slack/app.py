"""Puts the Slack bot together: service, posters, listeners, and the connection to Slack."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from bot.background.departures import Departures
from bot.background.engine import sqlite_url
from bot.background.housekeeping import Housekeeping
from bot.background.outside import OutsideStore
from bot.background.service import RunService
from bot.background.sharing import Shared
from bot.config import BotSettings
from bot.health.database_check import database_check
from bot.health.metrics import Metrics
from bot.health.readiness import Check
from bot.health.stored_figures import StoredFigures
from bot.slack import (
    draft_buttons,
    end_buttons,
    error_router,
    evolve_command,
    home,
    leaving,
    message_events,
    optimize_command,
    privacy,
    prompts_command,
    replies,
    review_buttons,
    run_buttons,
    search_buttons,
    sharing,
    shortcuts,
    submissions,
)
from bot.slack.authorizing import Authorize
from bot.slack.bolt_app import bolt_app
from bot.slack.counter import Counter
from bot.slack.desk import SlackDesk
from bot.slack.doors import Doors
from bot.slack.efforts import form_facts
from bot.slack.http_server import make_http_server
from bot.slack.leaving import Leaving
from bot.slack.reception import Reception
from bot.slack.slack_errors import error_code
from bot.slack.upload_remover import SlackUploadRemover
from bot.slack.work_pool import WorkPool
from bot.slack.workspaces import workspaces_of
from optimizer.errors import ConfigError
from storage.exchange import local_exchange
from storage.store import Store

SOCKET_LOGGER = logging.getLogger("bot.slack.socket")
_LEAVING_SECONDS = 5.0
_PING_SECONDS = 5.0
"""A connection that broke without a word counts as lost after four of these: until then nothing is heard."""
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
    end_buttons,
    sharing,
    privacy,
    shortcuts,
)
"""Modules with a ``register``; a further kind of run brings its command, form and buttons here."""


def build_app(
    settings: BotSettings,
    store: Store,
    service: RunService,
    desk: SlackDesk,
    authorize: Authorize | None = None,
    metrics: Metrics | None = None,
    pool: WorkPool | None = None,
    erased: Callable[[], None] = lambda: None,
) -> App:
    """Return the Bolt app with all listeners; nothing is connected yet.

    ``authorize`` finds the installation of each request where there are several workspaces. The listeners
    acknowledge on threads of Bolt's, and work in ``pool``. ``erased`` is called when somebody has deleted a run.
    """
    metrics = metrics or Metrics()
    app = bolt_app(settings, authorize, metrics)
    reception = Reception(
        settings=settings,
        store=store,
        service=service,
        doors=Doors(store, desk.members, settings.admin_users),
        members=desk.members,
        links=desk.links,
        names=desk.names,
        posters=desk.posters,
        lessons=desk.team_lessons,
        form_facts=form_facts(settings),
        who=desk.who,
        erased=erased,
    )
    counter = Counter(app, store.deliveries, pool or WorkPool(), metrics.count_error)
    for listeners in LISTENERS:
        listeners.register(counter, reception)
    home.register(counter, desk.open_home(reception))
    error_router.register(app, metrics.count_error)
    return app


class RunningBot:
    """The bot at work: service, poster and connection. Use as a context manager.

    It posts as long as it is ``alone``.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
    """

    def __init__(
        self,
        settings: BotSettings,
        store: Store,
        shared: Shared | None = None,
        metrics: Metrics | None = None,
        alone: Callable[[], bool] = lambda: True,
    ) -> None:
        self.metrics = metrics = metrics or Metrics()
        self._settings = settings
        self.workspaces = workspaces_of(settings, store)
        self.uploads = SlackUploadRemover(self.workspaces.clients)
        clients, who = self.workspaces.clients, self.workspaces.who
        self.desk = SlackDesk(settings, store, clients, who, metrics.count_slack_call, alone)
        shared = shared or Shared(local_exchange(store, silent=settings.silent), sqlite_url(store.folder))
        self.service = _service(settings, store, self.desk, shared, metrics)
        self._checks = _database_checks(store, shared)
        self._show_figures(store, shared)
        store.eraser.reach(OutsideStore(store, shared.exchange, settings.large))
        self._departures = Departures(store, shared.exchange, self.service, self.workspaces.serves)
        self.housekeeping = Housekeeping(
            store, self.uploads, settings.retention_days, self._departures, self.desk.places
        )
        self.pool = WorkPool()
        self.app = build_app(
            settings,
            store,
            self.service,
            self.desk,
            self.workspaces.authorize,
            metrics,
            self.pool,
            self.housekeeping.wake,
        )
        self._listen_to_leaving(store)
        self._socket: SocketModeHandler | None = None
        self._serving: threading.Thread | None = None
        self._http = (
            make_http_server(self.app, settings.port, pages=self.workspaces.pages)
            if settings.mode == "http"
            else None
        )

    def _listen_to_leaving(self, store: Store) -> None:
        """Purge who leaves, where there are several workspaces."""
        oauth = self._settings.oauth
        if oauth is not None:
            leaving.register(self.app, Leaving(store.workspaces, oauth.grace_days, self.housekeeping.wake))
        elif self._settings.mode == "http":
            leaving.ignore(self.app)

    @property
    def port(self) -> int:
        """The port of the HTTP server; 0 in Socket Mode."""
        return int(self._http.server_address[1]) if self._http is not None else 0

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must be well for the bot to do its work."""
        return (self._connection, *self._checks, self.service.trouble)

    def _connection(self) -> str:
        """Say that Slack cannot reach the bot."""
        if self._serving is not None:
            return "" if self._serving.is_alive() else "the HTTP server for Slack does not run"
        if self._socket is not None and self._socket.client.is_connected():
            return ""
        return "there is no connection to Slack"

    def _show_figures(self, store: Store, shared: Shared) -> None:
        self.metrics.registry.register(StoredFigures(store.database, shared.exchange))
        self.metrics.show(
            "promptbeam_work_here",
            "Runs, and shards of runs, that this process works on.",
            lambda: self.service.busy,
        )
        self.metrics.show(
            "promptbeam_slack_outbox_length",
            "Calls to Slack that wait for their turn.",
            lambda: self.desk.posters.waiting,
        )

    def __enter__(self) -> RunningBot:
        self._departures.stop_runs()  # before anything is paid for who is not there any more
        self.service.start()
        if self._http is not None:
            self._serving = threading.Thread(target=self._http.serve_forever, name="http", daemon=True)
            self._serving.start()
            return self
        SOCKET_LOGGER.disabled = False
        self._socket = SocketModeHandler(
            self.app, self._settings.app_token, logger=SOCKET_LOGGER, ping_interval=_PING_SECONDS
        )
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
            SOCKET_LOGGER.disabled = True  # a delivery cut off by the end is made again; no need to cry
            _leave(self._socket)
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        self.pool.close()
        self.service.close()
        self.desk.close()


def _service(
    settings: BotSettings, store: Store, desk: SlackDesk, shared: Shared, metrics: Metrics
) -> RunService:
    return RunService(
        store,
        settings.models,
        desk,
        limits=settings.limits,
        budget=settings.budget,
        daily=settings.daily,
        shared=shared,
        slots=settings.worker_runs,
        silent=settings.silent,
        large=settings.large,
        metrics=metrics,
    )


def _database_checks(store: Store, shared: Shared) -> tuple[Check, ...]:
    own = database_check(store.database, "the database in the data folder cannot be read")
    if not shared.exchange.shared:
        return (own,)
    return (own, database_check(shared.exchange.database, "the shared database cannot be read"))


def _leave(socket: SocketModeHandler) -> None:
    """Close the connection, but do not wait for long: the SDK's reader sometimes never comes back."""
    closing = threading.Thread(target=socket.close, name="leaving", daemon=True)
    closing.start()
    closing.join(_LEAVING_SECONDS)
