"""Puts the Slack bot together, and serves it until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.background.service import RunService
from bot.config import BotSettings
from bot.slack import error_router, optimize_command, prompts_command, run_buttons, submissions
from bot.slack.desk import SlackDesk
from bot.slack.efforts import form_facts
from bot.slack.http_server import make_http_server
from bot.slack.poster import error_code
from bot.slack.reception import Reception
from optimizer.errors import ConfigError
from storage.store import Store

logger = logging.getLogger(__name__)

_socket_logger = logging.getLogger("bot.slack.socket")
_API_TIMEOUT = 20
_LISTENER_THREADS = 10
_OAUTH_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")


def build_app(settings: BotSettings, store: Store, service: RunService, desk: SlackDesk) -> App:
    """Return the Bolt app with all listeners; nothing is connected yet.

    Raises:
        ConfigError: Slack refuses the bot token or cannot be reached.
    """
    client = WebClient(settings.bot_token, base_url=settings.api_url, timeout=_API_TIMEOUT)
    bot_name = whoami(client)
    with _without_oauth_variables():
        app = App(
            client=client,
            signing_secret=settings.signing_secret,
            request_verification_enabled=settings.mode == "http",
            listener_executor=ThreadPoolExecutor(_LISTENER_THREADS, thread_name_prefix="listener"),
        )
    reception = Reception(
        settings=settings,
        store=store,
        service=service,
        members=desk.members,
        links=desk.links,
        form_facts=form_facts(settings),
        bot_name=bot_name,
    )
    for listeners in (optimize_command, submissions, run_buttons, prompts_command):
        listeners.register(app, reception)
    error_router.register(app)
    return app


def whoami(client: WebClient) -> str:
    """Return the bot's own name.

    Raises:
        ConfigError: Slack refuses the token or cannot be reached.
    """
    try:
        return str(client.auth_test()["user"])
    except SlackClientError as error:
        raise ConfigError(
            f"Slack refused SLACK_BOT_TOKEN ({error_code(error) or 'no reason given'}).",
            "Copy the Bot User OAuth Token from the app's page again.",
        ) from error
    except OSError as error:
        raise ConfigError(
            f"Slack cannot be reached at {client.base_url}.", "Check the network and SLACK_API_URL."
        ) from error


@contextmanager
def _without_oauth_variables() -> Iterator[None]:
    """Hide two variables that would switch Bolt to its OAuth mode although there is a bot token."""
    hidden = {name: os.environ.pop(name) for name in _OAUTH_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


class RunningBot:
    """The bot at work: service, poster and connection. Use as a context manager.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
    """

    def __init__(self, settings: BotSettings, store: Store) -> None:
        self._settings = settings
        client = WebClient(
            settings.bot_token, base_url=settings.api_url, timeout=_API_TIMEOUT, retry_handlers=[]
        )
        self.desk = SlackDesk(settings, store, client, whoami(client))
        self.service = RunService(
            store,
            settings.models,
            self.desk,
            limits=settings.limits,
            budget=settings.budget,
            daily=settings.daily,
        )
        self.app = build_app(settings, store, self.service, self.desk)
        self._socket: SocketModeHandler | None = None
        self._http = make_http_server(self.app, settings.port) if settings.mode == "http" else None

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
            self._socket.close()  # type: ignore[no-untyped-call]
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        self.service.close()
        self.desk.close()


def serve(settings: BotSettings) -> None:
    """Run the bot until SIGTERM or Ctrl-C; runs under way go on with the next start.

    Raises:
        ConfigError: Slack refuses a token or cannot be reached.
        StorageError: the data folder cannot be used.
    """
    _set_up_log()
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        with Store(settings.data, settings.embedder) as store, RunningBot(settings, store):
            logger.info("ready")
            print("Promptbeam is ready.", flush=True)
            _wait(stop)
            print("Stopping; unfinished runs go on with the next start.", flush=True)
    finally:
        signal.signal(signal.SIGTERM, before)


def _set_up_log() -> None:
    """Log to standard error unless somebody set logging up; other people's libraries only when it matters."""
    level = os.environ.get("PROMPTBEAM_LOG_LEVEL", "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise ConfigError(f"PROMPTBEAM_LOG_LEVEL is {level!r}.", "Set it to DEBUG, INFO, WARNING or ERROR.")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for room in ("bot", "storage", "optimizer"):
        logging.getLogger(room).setLevel(level)
    _socket_logger.setLevel(logging.WARNING)


def _wait(stop: threading.Event) -> None:
    try:
        while not stop.wait(1.0):
            pass
    except KeyboardInterrupt:
        return
