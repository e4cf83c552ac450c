"""What ``promptbeam doctor`` checks where workspaces install the bot themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.cli.findings import Finding

if TYPE_CHECKING:
    from bot.config import BotSettings
    from bot.oauth_settings import OAuthClient
    from storage.workspaces import Installation

_NO_CODE = "promptbeam-doctor"
_SAYS = {
    "invalid_client_id": ("SLACK_CLIENT_ID is not one of Slack's.", "Copy it from Basic Information again."),
    "bad_client_secret": (
        "SLACK_CLIENT_SECRET does not belong to SLACK_CLIENT_ID.",
        "Copy it from Basic Information again.",
    ),
    "bad_redirect_uri": (
        "SLACK_REDIRECT_URI is none of the app's Redirect URLs.",
        "Add exactly this address under OAuth & Permissions, Redirect URLs.",
    ),
}


def check_installs(settings: BotSettings, oauth: OAuthClient, env: Mapping[str, str]) -> list[Finding]:
    """Try the app's credentials, and the token of every workspace that installed the bot."""
    from bot.cli.opening import open_store
    from optimizer.errors import PromptbeamError

    findings = [_credentials(settings, oauth)]
    if env.get("SLACK_BOT_TOKEN", "").strip():
        findings.append(
            Finding(
                "slack, SLACK_BOT_TOKEN",
                "warning",
                "is not used: SLACK_REDIRECT_URI switches installs on.",
                "Remove it, or remove SLACK_REDIRECT_URI to serve one workspace with this token.",
            )
        )
    try:
        with open_store(env) as store:
            installed = store.workspaces.all()
    except PromptbeamError as error:
        return [*findings, Finding("slack, workspaces", "wrong", error.message, error.fix)]
    if not installed:
        findings.append(
            Finding(
                "slack, workspaces",
                "warning",
                "none has installed the bot yet.",
                f"Open {oauth.install_url} in a browser while the bot runs.",
            )
        )
    return findings + [
        _token(one, settings) if oauth.allows(one.key, one.enterprise) else _unserved(one)
        for one in installed
    ]


def _unserved(one: Installation) -> Finding:
    return Finding(
        f"slack, {one.key}",
        "warning",
        f"{one.name} has installed the bot, but is not served.",
        "Add it to ALLOWED_WORKSPACES, or have it uninstall the bot.",
    )


def _credentials(settings: BotSettings, oauth: OAuthClient) -> Finding:
    """Ask for tokens with a code that cannot be right: Slack looks at id and secret first."""
    from slack_sdk.errors import SlackApiError

    from bot.slack.clients import silent_client
    from bot.slack.slack_errors import error_code

    what = "slack, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"
    try:
        silent_client(settings.api_url).oauth_v2_access(
            client_id=oauth.client_id,
            client_secret=oauth.client_secret,
            code=_NO_CODE,
            redirect_uri=oauth.redirect_uri,
        )
    except SlackApiError as error:
        code = error_code(error)
        if code in _SAYS:
            return Finding(what, "wrong", *_SAYS[code])
        if code != "invalid_code":
            return Finding(
                what, "warning", f"Slack says {code or 'no'}.", "Compare both with the app's page."
            )
    except OSError:
        return Finding(
            what, "wrong", f"{settings.api_url} cannot be reached.", "Check network and SLACK_API_URL."
        )
    return Finding(what, "ok", f"Slack knows them; people install at {oauth.install_url}")


def _token(one: Installation, settings: BotSettings) -> Finding:
    """Try a workspace's token as it is; the bot alone renews it."""
    import time

    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    from bot.oauth_settings import SCOPES
    from bot.slack.slack_errors import error_code

    what = f"slack, {one.key}"
    again = "Install the bot there again."
    if not one.token:
        return Finding(what, "wrong", f"{one.name}: there is no token (a backup holds none).", again)
    if one.expires_at is not None and one.expires_at < time.time():
        return Finding(
            what, "warning", f"{one.name}: the token has run out.", "The bot renews it when it runs next."
        )
    try:
        WebClient(one.token, base_url=settings.api_url, timeout=10).auth_test()
    except SlackApiError as error:
        return Finding(what, "wrong", f"{one.name}: Slack says {error_code(error) or 'no'}.", again)
    except OSError:
        return Finding(what, "wrong", f"{one.name}: Slack cannot be reached.", "Check the network.")
    missing = sorted(set(SCOPES) - set(one.scopes.split(",")))
    if missing:
        return Finding(what, "warning", f"{one.name}: without {', '.join(missing)}.", again)
    return Finding(what, "ok", f"{one.name}: the token is good, scopes complete")
