"""The secrets that Slack gives an app: how they are called, how they look, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret from the app's page: the variable that holds it, how it begins, where it stands."""

    name: str
    prefix: str
    page: str


BOT_TOKEN = Secret("SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions")
APP_TOKEN = Secret("SLACK_APP_TOKEN", "xapp-", "Basic Information, App-Level Tokens")
SIGNING_SECRET = Secret("SLACK_SIGNING_SECRET", "", "Basic Information, App Credentials")


def read_secrets(env: Mapping[str, str], needed: Sequence[Secret]) -> dict[str, str]:
    """Return what is ``needed`` by its name.

    Raises:
        ConfigError: some are missing, which are told at once, or one does not look right.
    """
    values = {secret.name: env.get(secret.name, "").strip() for secret in needed}
    missing = [secret for secret in needed if not values[secret.name]]
    if missing:
        names = " and ".join(secret.name for secret in missing)
        pages = "; ".join(secret.page for secret in missing)
        raise ConfigError(
            f"{names} {'are' if len(missing) > 1 else 'is'} missing.",
            f"Copy {'them' if len(missing) > 1 else 'it'} from the app's page at api.slack.com: {pages}.",
        )
    for secret in needed:
        if not values[secret.name].startswith(secret.prefix):
            fix = f"It must begin with {secret.prefix} (page {secret.page})."
            raise ConfigError(f"{secret.name} does not look right.", fix)
    return values
