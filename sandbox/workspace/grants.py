"""What an app gets by OAuth v2: codes that are good once, tokens that may expire, refresh tokens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.workspace.clock import Clock
from sandbox.workspace.errors import ApiError
from sandbox.workspace.json_types import JsonObject

CODE_SECONDS = 600.0
TOKEN_SECONDS = 12 * 3_600


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The app as Slack knows it: what it has to show, and where it may send people back to."""

    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: str


@dataclass(slots=True)
class Grant:
    """What stands behind a code or a token. ``key`` is the workspace's or the organisation's id."""

    key: str
    until: float | None
    revoked: bool = False


class Grants:
    """The codes and tokens of one app. With ``rotation`` its tokens expire after twelve hours."""

    def __init__(self, app: AppCredentials, clock: Clock, *, rotation: bool = False) -> None:
        self.app = app
        self.rotation = rotation
        self._clock = clock
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def code_for(self, key: str) -> str:
        """A code for who has agreed to the installation."""
        code = secrets.token_urlsafe(20)
        self._codes[code] = Grant(key, self._clock.now() + CODE_SECONDS)
        return code

    def check_app(self, args: Mapping[str, str]) -> None:
        """Compare the app's id and secret. Raises ApiError."""
        if args.get("client_id") != self.app.client_id:
            raise ApiError("invalid_client_id")
        if args.get("client_secret") != self.app.client_secret:
            raise ApiError("bad_client_secret")

    def access(self, args: dict[str, str]) -> tuple[str, JsonObject]:
        """oauth.v2.access: give the key and the tokens for a code or a refresh token. Raises ApiError."""
        self.check_app(args)
        if args.get("grant_type") == "refresh_token":
            grant = self._refresh.pop(args.get("refresh_token", ""), None)
            if grant is None or grant.revoked:
                raise ApiError("invalid_refresh_token")
            return grant.key, self._issue(grant.key)
        grant = self._codes.pop(args.get("code", ""), None)
        if grant is None or (grant.until or 0.0) < self._clock.now():
            raise ApiError("invalid_code")
        if args.get("redirect_uri") != self.app.redirect_uri:
            raise ApiError("bad_redirect_uri")
        return grant.key, self._issue(grant.key)

    def _issue(self, key: str) -> JsonObject:
        until = self._clock.now() + TOKEN_SECONDS if self.rotation else None
        start = "xoxe.xoxb" if self.rotation else "xoxb"
        token, refresh = f"{start}-{secrets.token_hex(16)}", f"xoxe-1-{secrets.token_hex(16)}"
        self._tokens[token] = Grant(key, until)
        answer: JsonObject = {"access_token": token, "token_type": "bot", "scope": self.app.scopes}
        if self.rotation:
            self._refresh[refresh] = Grant(key, None)
            answer |= {"refresh_token": refresh, "expires_in": TOKEN_SECONDS}
        return answer

    def key_of(self, token: str) -> str:
        """Whose token it is. Raises ApiError: not_authed, invalid_auth, token_revoked, token_expired."""
        if not token:
            raise ApiError("not_authed")
        grant = self._tokens.get(token)
        if grant is None:
            raise ApiError("invalid_auth")
        if grant.revoked:
            raise ApiError("token_revoked")
        if grant.until is not None and grant.until < self._clock.now():
            raise ApiError("token_expired")
        return grant.key

    def revoke(self, key: str) -> None:
        """Make all tokens of a workspace or organisation useless."""
        for grants in (self._tokens, self._refresh):
            for grant in grants.values():
                if grant.key == key:
                    grant.revoked = True

    def expire(self, key: str) -> None:
        """Let the tokens in use run out now; refresh tokens stay good."""
        for grant in self._tokens.values():
            if grant.key == key and grant.until is not None:
                grant.until = self._clock.now() - 1
