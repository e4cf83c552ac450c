"""The signed HTTP side: requests to the app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

import aiohttp

from sandbox.workspace.clock import Clock
from sandbox.workspace.delivery import DeliveryFailed, Kind, Retry
from sandbox.workspace.json_types import JsonObject


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's request signature, version 0."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class SignedHttp:
    """Delivers every payload as one signed POST to one URL."""

    def __init__(self, url: str, secret: str, clock: Clock, ack_seconds: float) -> None:
        self._url = url
        self._secret = secret
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=ack_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, kind: Kind, payload: JsonObject, retry: Retry | None) -> JsonObject:
        """Post one payload and give the app's answer. Raises DeliveryFailed."""
        body, content_type = _encode(kind, payload)
        timestamp = str(int(self._clock.now()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (local workspace)",
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                text = await response.text()
                status = response.status
        except TimeoutError as error:
            raise DeliveryFailed("operation_timeout", "http_timeout") from error
        except aiohttp.ClientConnectionError as error:
            raise DeliveryFailed("dispatch_failed", "connection_failed") from error
        except (aiohttp.ClientError, UnicodeDecodeError) as error:
            raise DeliveryFailed("dispatch_failed", "http_error") from error
        if not 200 <= status < 300:
            raise DeliveryFailed("dispatch_failed", "http_error")
        return _decode(text)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()


def _encode(kind: Kind, payload: JsonObject) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = {"payload": json.dumps(payload)} if kind == "interactive" else payload
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _decode(text: str) -> JsonObject:
    if not text:
        return {}
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text}
    return answer if isinstance(answer, dict) else {"text": text}
