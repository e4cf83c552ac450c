"""``promptbeam doctor``: what is wrong with the installation, and how to mend it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli.findings import Finding
from bot.cli.saying import say
from optimizer.errors import PromptbeamError

if TYPE_CHECKING:
    from optimizer.model.settings import ModelSettings

_MARKS = {"ok": "✓", "warning": "!", "wrong": "✗"}
NEEDED_SCOPES = frozenset(
    {"commands", "chat:write", "files:read", "files:write", "channels:read", "groups:read"}
)
WANTED_SCOPES = frozenset(
    {
        *("app_mentions:read", "im:read", "im:write", "mpim:read", "reactions:read", "reactions:write"),
        *("channels:history", "groups:history", "im:history", "mpim:history", "users:read"),
    }
)
"""Without these, forms and threads work; replies, mentions, reactions and direct messages do not."""


@click.command()
@click.option("--skip-model", is_flag=True, help="Do not make the two small model calls.")
def doctor(skip_model: bool) -> None:
    """Check Slack tokens and scopes, models and storage; exit code 1 when something is wrong.

    Makes one call of a few tokens to each of the two models unless --skip-model is given.
    """
    from bot.config import read_environment

    env = read_environment()
    checks: list[Callable[[Mapping[str, str]], list[Finding]]] = [check_storage, check_shared, check_slack]
    if not skip_model:
        checks.append(check_models)
    findings = [finding for check in checks for finding in check(env)]
    for finding in findings:
        say(f"{_MARKS[finding.state]} {finding.what}: {finding.says}")
        if finding.fix and finding.state != "ok":
            say(f"    {finding.fix}")
    if any(finding.state == "wrong" for finding in findings):
        sys.exit(1)


def check_storage(env: Mapping[str, str]) -> list[Finding]:
    """Open the store and its search index."""
    from bot.cli.opening import data_folder, open_store
    from storage.visibility import Viewer

    try:
        with open_store(env) as store:
            store.prompts.search("check", Viewer(user="", team="", everything=True), 1)
            waiting = len(store.runs.unfinished())
            indexed = store.prompts.uses_chroma
    except PromptbeamError as error:
        return [Finding("storage", "wrong", error.message, error.fix)]
    says = f"{data_folder(env)} can be read and written"
    findings = [Finding("storage", "ok", f"{says}; {waiting} unfinished runs" if waiting else says)]
    if env.get("CHROMA_URL", "").strip() and not indexed:
        fix = "Start it (chroma run), check CHROMA_URL; another process of ours may be using the index."
        findings.append(Finding("search index", "warning", "the Chroma server is not in use", fix))
    return findings


def check_shared(env: Mapping[str, str]) -> list[Finding]:
    """Reach the database that bot and workers share, when there is one."""
    from bot.background.sharing import open_shared
    from bot.config import silent_seconds

    url = env.get("DATABASE_URL", "").strip()
    if not url:
        return []
    try:
        with open_shared(url, None, silent_seconds(env)) as shared:
            alive = len(shared.exchange.workers.living())
    except PromptbeamError as error:
        return [Finding("shared database", "wrong", error.message, error.fix)]
    return [Finding("shared database", "ok", f"PostgreSQL can be written; {alive} workers are alive")]


def check_slack(env: Mapping[str, str]) -> list[Finding]:
    """Try the tokens against Slack (or the server at SLACK_API_URL) and compare the scopes."""
    from bot.config import BotSettings

    try:
        settings = BotSettings.from_env(env)
    except PromptbeamError as error:
        return [Finding("slack", "wrong", error.message, error.fix)]
    if settings.oauth is not None:
        from bot.cli.oauth_checks import check_installs

        findings = check_installs(settings, settings.oauth, env)
    else:
        findings = [_bot_token(settings.bot_token, settings.api_url)]
    if settings.mode == "socket":
        findings.append(_app_token(settings.app_token, settings.api_url))
        if env.get("SLACK_REDIRECT_URI", "").strip():
            findings.append(
                Finding(
                    "slack, SLACK_REDIRECT_URI",
                    "warning",
                    "is not used: installs need signed HTTP.",
                    "Set BOT_MODE=http, or remove it.",
                )
            )
    else:
        findings.append(Finding("slack, delivery", "ok", f"signed HTTP on port {settings.port}"))
    return findings


def _bot_token(token: str, api_url: str) -> Finding:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    what = "slack, SLACK_BOT_TOKEN"
    try:
        reply = WebClient(token, base_url=api_url, timeout=10).auth_test()
    except SlackApiError as error:
        return Finding(
            what, "wrong", f"Slack says {error.response.get('error', 'no')}.",
            "Copy the token again from OAuth & Permissions, or reinstall the app.",
        )  # fmt: skip
    except OSError:
        return Finding(what, "wrong", f"{api_url} cannot be reached.", "Check network and SLACK_API_URL.")
    granted = {
        scope for scope in str(reply.headers.get("x-oauth-scopes", "")).replace(" ", "").split(",") if scope
    }
    missing = sorted(NEEDED_SCOPES - granted) if granted else []
    if missing:
        return Finding(
            what, "wrong", f"the scopes {', '.join(missing)} are missing.",
            "Add them under OAuth & Permissions (deploy/manifest.yaml has all), then reinstall the app.",
        )  # fmt: skip
    unused = sorted(WANTED_SCOPES - granted) if granted else []
    if unused:
        return Finding(
            what, "warning", f"without {', '.join(unused)}, not every way to talk to the bot works.",
            "Add them under OAuth & Permissions (deploy/manifest.yaml has all), then reinstall the app.",
        )  # fmt: skip
    return Finding(what, "ok", f"bot {reply.get('user')} in {reply.get('team')}, scopes complete")


def _app_token(token: str, api_url: str) -> Finding:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    what = "slack, SLACK_APP_TOKEN"
    try:
        WebClient(token, base_url=api_url, timeout=10).apps_connections_open(app_token=token)
    except SlackApiError as error:
        return Finding(
            what, "wrong", f"Slack says {error.response.get('error', 'no')}.",
            "Make an app-level token with connections:write and switch on Socket Mode.",
        )  # fmt: skip
    except OSError:
        return Finding(what, "wrong", f"{api_url} cannot be reached.", "Check network and SLACK_API_URL.")
    return Finding(what, "ok", "Socket Mode can connect")


def check_models(env: Mapping[str, str]) -> list[Finding]:
    """Ask each of the two models for one word."""
    from optimizer.model.settings import ModelSettings

    try:
        settings = replace(ModelSettings.from_env(env), max_retries=0, timeout=30.0)
    except PromptbeamError as error:
        return [Finding("models", "wrong", error.message, error.fix)]
    return asyncio.run(_ask_both(settings))


async def _ask_both(settings: ModelSettings) -> list[Finding]:
    from optimizer.model.pool import ModelPool
    from optimizer.model.prices import price_of
    from optimizer.model.protocol import Message, ModelRequest

    request = ModelRequest((Message("user", "Reply with the word: ready"),), max_tokens=16)
    findings = []
    async with ModelPool(settings) as pool:
        for role, name in (("task", settings.task_model), ("optimizer", settings.optimizer_model)):
            what = f"model, {role} ({name})"
            try:
                await pool.backend(name).attempt(request)
            except PromptbeamError as error:
                findings.append(Finding(what, "wrong", error.message, error.fix))
                continue
            if price_of(name, settings.prices) is None:
                findings.append(
                    Finding(what, "warning", "answers, but its price is unknown", "Set PROMPTBEAM_PRICES.")
                )
            else:
                findings.append(Finding(what, "ok", "answers"))
    return findings
