"""Installing the bot in a workspace: the page that starts it, the way back from Slack, what is kept.

The flow is Slack's OAuth v2 (https://docs.slack.dev/authentication/installing-with-oauth), by Bolt's
``OAuthFlow``. The state parameter is good once, for ten minutes, in the browser that began.
"""

from __future__ import annotations

import html
import logging
from http.client import HTTPException
from urllib.parse import urlsplit

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth import OAuthStateStore
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store import InstallationStore

from bot.oauth_settings import INSTALL_PATH, REDIRECT_PATH, SCOPES, OAuthClient
from bot.slack.clients import API_TIMEOUT, OAUTH_LOGGER, silent_client, whoami
from optimizer.errors import ConfigError, PromptbeamError
from storage.oauth_states import STATE_SECONDS, OAuthStateTable
from storage.workspaces import Installation, WorkspaceTable

logger = logging.getLogger(__name__)

_AGAIN = "Begin again"
_REASONS = {
    "access_denied": "The installation was cancelled at Slack. Nothing was changed.",
    "invalid_browser": "This link was not begun in this browser, or more than ten minutes ago.",
    "invalid_state": "This link was used already, or is more than ten minutes old.",
    "missing_code": "Slack sent no code along.",
    "invalid_code": "Slack did not accept the code. Who runs the bot can find out more with promptbeam doctor.",
    "storage_error": "The installation could not be stored.",
    "not_allowed": "This bot is not open to your workspace. Ask whoever runs it to add the workspace's id to those that"
    " may install it.",
    "unreachable": "Slack could not be reached. Try again in a minute.",
}
_UNKNOWN = "Slack did not let the bot be installed."
_GUARDS = {
    "Content-Type": ["text/html; charset=utf-8"],
    "Cache-Control": ["no-store"],
    "Referrer-Policy": ["no-referrer"],
    "Content-Security-Policy": ["default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"],
}


class NotAllowed(PromptbeamError):
    """A workspace that the operator does not let in wanted to install the bot."""


class Installing(OAuthFlow):
    """The two pages. Whatever happens is answered with a page that says what to do."""

    def __init__(
        self, oauth: OAuthClient, api_url: str, workspaces: WorkspaceTable, states: OAuthStateTable
    ) -> None:
        self._workspaces = workspaces
        self._oauth = oauth
        super().__init__(
            client=silent_client(api_url),
            logger=OAUTH_LOGGER,
            settings=OAuthSettings(
                client_id=oauth.client_id,
                client_secret=oauth.client_secret,
                scopes=SCOPES,
                user_scopes=(),
                redirect_uri=oauth.redirect_uri,
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                authorization_url=authorization_url(api_url),
                installation_store=InstallationStore(),
                state_store=_States(states),
                state_expiration_seconds=int(STATE_SECONDS),
                callback_options=CallbackOptions(success=self._succeeded, failure=self._failed),
            ),
        )

    def handle_installation(self, request: BoltRequest) -> BoltResponse:
        """Answer the page that starts an installation."""
        answer = super().handle_installation(request)
        answer.headers = {**answer.headers, **_lower(_GUARDS)}
        return answer

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        """Answer who comes back from Slack, and keep the installation."""
        try:
            return super().handle_callback(request)
        except (SlackClientError, OSError, HTTPException) as error:
            logger.warning("an installation failed: %s", type(error).__name__)
            return self._page("unreachable", 502)
        except ConfigError as error:
            logger.warning("an installation failed: %s", error.message)
            return self._page("unreachable", 502)
        except NotAllowed as error:
            logger.warning("an installation was refused: %s", error.message)
            return self._page("not_allowed", 403)
        except PromptbeamError as error:
            logger.error("an installation failed: %s", error.message)
            return self._page("storage_error", 500)

    def build_install_page_html(self, url: str, request: BoltRequest) -> str:
        """Return the page that leads to Slack."""
        link = f'<a href="{html.escape(url)}">Add Promptbeam to Slack</a>'
        return _html("Promptbeam", f"{link}. You choose the workspace there.")

    def store_installation(self, request: BoltRequest, installation: SlackInstallation) -> None:
        """Keep an installation.

        Raises:
            NotAllowed: the workspace may not install the bot; nothing of it is kept.
            StorageError: the database failed.
            ConfigError: Slack cannot be reached.
        """
        key = _key(installation)
        if not self._oauth.allows(key, installation.enterprise_id or ""):
            self._take_back(key, installation)
            raise NotAllowed(f"{key} is not in ALLOWED_WORKSPACES.", "Add it, if it may install the bot.")
        bot = whoami(WebClient(installation.bot_token, base_url=self.client.base_url, timeout=API_TIMEOUT))
        kept = _record(installation, bot.name)
        self._workspaces.save(kept)
        logger.info("installed in %s", kept.key)

    def _take_back(self, key: str, installation: SlackInstallation) -> None:
        """Uninstall the app again, so that no bot stays that never answers.

        A workspace that was let in before is left alone: its data would go with the uninstall.
        """
        if self._workspaces.get(key) is not None:
            return
        client = WebClient(
            installation.bot_token,
            base_url=self.client.base_url,
            timeout=API_TIMEOUT,
            retry_handlers=[],
            logger=OAUTH_LOGGER,
        )
        try:
            client.apps_uninstall(client_id=self._oauth.client_id, client_secret=self._oauth.client_secret)
        except (SlackClientError, OSError, HTTPException) as error:
            logger.warning("%s was refused, but the app stays there: %s", key, type(error).__name__)

    def _succeeded(self, args: SuccessArgs) -> BoltResponse:
        name = args.installation.team_name or args.installation.enterprise_name or "your workspace"
        words = f"Promptbeam is installed in {html.escape(name)}. Type <code>/optimize</code> there to begin."
        return self._answer(200, _html("Installed", words))

    def _failed(self, args: FailureArgs) -> BoltResponse:
        logger.warning("an installation was refused: %s", args.reason if args.reason in _REASONS else "other")
        return self._page(args.reason, args.suggested_status_code)

    def _page(self, reason: str, status: int) -> BoltResponse:
        words = html.escape(_REASONS.get(reason, _UNKNOWN))
        again = self.redirect_uri.removesuffix(REDIRECT_PATH) + INSTALL_PATH if self.redirect_uri else ""
        link = f'<a href="{html.escape(again)}">{_AGAIN}</a>'
        return self._answer(status, _html("Not installed", f"{words} {link}."))

    def _answer(self, status: int, page: str) -> BoltResponse:
        cookie = self.settings.state_utils.build_set_cookie_for_deletion()
        return BoltResponse(status=status, body=page, headers={**_GUARDS, "Set-Cookie": [cookie]})


class _States(OAuthStateStore):
    """Slack SDK's state store over ours."""

    def __init__(self, states: OAuthStateTable) -> None:
        self._states = states

    def issue(self, *args: object, **kwargs: object) -> str:
        return self._states.issue()

    def consume(self, state: str) -> bool:
        return self._states.consume(state)


def authorization_url(api_url: str) -> str:
    """Return where Slack asks people for their consent, beside its API at ``api_url``."""
    parts = urlsplit(api_url)
    path = parts.path.rstrip("/").removesuffix("/api")
    return f"{parts.scheme}://{parts.netloc}{path}/oauth/v2/authorize"


def _key(given: SlackInstallation) -> str:
    return (given.enterprise_id if given.is_enterprise_install else given.team_id) or ""


def _record(given: SlackInstallation, bot_name: str) -> Installation:
    return Installation(
        key=_key(given),
        team=given.team_id or "",
        team_name=given.team_name or "",
        enterprise=given.enterprise_id or "",
        enterprise_name=given.enterprise_name or "",
        org_wide=given.is_enterprise_install,
        app=given.app_id or "",
        bot=given.bot_id or "",
        bot_user=given.bot_user_id or "",
        bot_name=bot_name,
        scopes=",".join(given.bot_scopes or ()),
        installer=given.user_id or "",
        token=given.bot_token or "",
        refresh_token=given.bot_refresh_token or "",
        expires_at=given.bot_token_expires_at,
        installed_at=given.installed_at,
    )


def _lower(headers: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name.lower(): values for name, values in headers.items()}


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font-family:system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem}</style>"
        f"</head><body><h1>{title}</h1><p>{body}</p></body></html>"
    )
