"""Where everything that people send arrives: acknowledged at once, obeyed once, done behind the scenes."""

from __future__ import annotations

import inspect
import json
import logging
import threading
from collections.abc import Callable
from functools import partial
from re import Pattern
from typing import Any, TypeAlias

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.kwargs_injection.args import Args
from slack_sdk.errors import SlackClientError

from bot.slack.blocks import window as window_view
from bot.slack.doors import team_of
from bot.slack.error_router import Count, tell_apart, words_for
from bot.slack.filled_form import FilledForm
from bot.slack.windows import Turns, Window
from bot.slack.work_pool import WorkPool
from storage.deliveries import DeliveryTable
from storage.errors import StorageError

logger = logging.getLogger(__name__)

Rest: TypeAlias = Callable[[], None]
"""The slow part of a listener, for the pool."""
Listener = Callable[..., Rest | None]
Register = Callable[[Listener], Listener]
BUSY = "I have more to do than I can take just now. Try again in a minute."


class Counter:
    """Stands before Bolt's ``App`` and takes listeners in its stead.

    A listener names what it needs, as with Bolt: ``body``, ``action``, ``client``, ``respond`` …

    - It runs in the pool, after the acknowledgement, once for each thing that a person did: what Slack
      delivers again is dropped.
    - One that names ``window`` may open a window and read and write the store, but asks Slack for nothing
      else: it returns what does, so that a window opens within the three seconds that its trigger lives.
    - A form's listener names ``form``, which it answers; it runs before the acknowledgement.

    Errors are shown in the window when one is open, in the form, or to the asker alone.
    """

    def __init__(self, app: App, deliveries: DeliveryTable, pool: WorkPool, count_error: Count) -> None:
        self._app = app
        self._deliveries = deliveries
        self._pool = pool
        self._count_error = count_error
        self._turns = Turns()
        self._guard = threading.Lock()
        self._forms: set[str] = set()
        """The forms that are being answered. Only what was done is stored: their senders wait for the answer."""
        app.use(self._make_room)

    def command(self, name: str) -> Register:
        """Listen to a command."""
        return self._taking(self._app.command(name))

    def action(self, name: str) -> Register:
        """Listen to a button, a menu or a field that acts."""
        return self._taking(self._app.action(name))

    def shortcut(self, which: dict[str, str | Pattern[str]]) -> Register:
        """Listen to a shortcut."""
        return self._taking(self._app.shortcut(which))

    def event(self, name: str) -> Register:
        """Listen to an event; Bolt acknowledges them, and whoever listens claims those that count."""
        return self._taking(self._app.event(name))

    def view(self, name: str) -> Register:
        """Listen to a form."""
        register = self._app.view(name)

        def keep(listener: Listener) -> Listener:
            def received(args: Args) -> None:
                self._take_form(listener, args)

            register(received)
            return listener

        return keep

    def _taking(self, register: Callable[[Any], Any]) -> Register:
        def keep(listener: Listener) -> Listener:
            opens = "window" in inspect.signature(listener).parameters

            def received(args: Args) -> None:
                args.ack()
                claim = _claim_of(args.body)
                if claim and not self._deliveries.first(claim):
                    return
                window = Window(args.client, args.body, self._turns)
                step = partial(listener, **_given(listener, args, window=window))
                give = self._pool.open if opens else self._pool.do
                give(partial(self._run, step, args, window))

            register(received)
            return listener

        return keep

    def _take_form(self, listener: Listener, args: Args) -> None:
        claim = _claim_of(args.body)
        if not self._begun(claim):
            args.ack()
            return
        form = FilledForm(args.ack, args.client, args.body, self._pool, self._count_error)
        try:
            listener(**_given(listener, args, form=form))
        except Exception:
            form.refused = True
            raise
        finally:
            self._answered(claim, done=not form.refused)

    def _begun(self, claim: str) -> bool:
        """Note that a form is being answered; False when it is, or was, already."""
        with self._guard:
            if claim in self._forms or self._deliveries.known(claim):
                return False
            self._forms.add(claim)
            return True

    def _answered(self, claim: str, *, done: bool) -> None:
        """Note how that ended. A form that was refused, or that a crash cut off, may be sent once more."""
        try:
            if done:
                self._deliveries.first(claim)
        except StorageError as error:
            logger.warning("a form that was answered is not noted: %s", error.message)
        finally:
            with self._guard:
                self._forms.discard(claim)

    def _run(self, step: Callable[[], Rest | None], args: Args, window: Window) -> None:
        """Run a part of a listener, and hand the rest of it on. No error gets past here."""
        try:
            rest = step()
        except Exception as error:  # noqa: BLE001 - boundary of all listeners: told to whoever acted
            self._failed(error, args, window)
            return
        if rest is not None:
            self._pool.do(partial(self._run, rest, args, window))

    def _failed(self, error: Exception, args: Args, window: Window) -> None:
        told = words_for(error, args.body, self._count_error)
        if window.is_open:
            try:
                window.show(window_view("Promptbeam", list(told.content.blocks)))
                return
            except (SlackClientError, OSError):
                logger.warning("reference %s could not be shown in its window", told.reference)
        tell_apart(told, args.body, args.client, args.respond)

    def _make_room(self, req: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Turn away what there is no room for: a person reads so, and Slack delivers events again."""
        if self._pool.has_room:
            return next()
        logger.warning("too much is waiting; a delivery was turned away")
        if (req.body or {}).get("command"):
            answer = json.dumps({"response_type": "ephemeral", "text": BUSY})
            return BoltResponse(status=200, body=answer, headers={"content-type": ["application/json"]})
        return BoltResponse(status=503, body="busy")


def _given(listener: Listener, args: Args, **more: Any) -> dict[str, Any]:
    names = inspect.signature(listener).parameters
    return {name: more[name] if name in more else getattr(args, name) for name in names}


def _claim_of(body: dict[str, Any]) -> str:
    """Name what a person did: a form by its view and the state that it was sent from, all else by its trigger.

    Empty for events, which have names of their own.
    """
    team, view = team_of(body), body.get("view") or {}
    if body.get("type") == "view_submission":
        return f"form/{team}/{view.get('id')}/{view.get('hash', '')}"
    trigger = body.get("trigger_id")
    return f"act/{team}/{trigger}" if trigger else ""
