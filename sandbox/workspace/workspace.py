"""The parts of one running workspace, put together."""

from __future__ import annotations

from sandbox.workspace.app_events import AppEvents, EventRules
from sandbox.workspace.call_journal import CallJournal
from sandbox.workspace.delivery import Gateway
from sandbox.workspace.faults import Faults
from sandbox.workspace.http_delivery import SignedHttp
from sandbox.workspace.modals import Modals
from sandbox.workspace.options import Options
from sandbox.workspace.page_stream import PageStream
from sandbox.workspace.rates import RateLimits
from sandbox.workspace.responses import ResponseUrls
from sandbox.workspace.socket_mode import SocketMode
from sandbox.workspace.state import WorkspaceState
from sandbox.workspace.triggers import TriggerBook
from sandbox.workspace.uploads import UploadSlots


class Workspace:
    """Everything behind the server. All of it lives in one event loop and is touched only there."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.seed = options.seed
        self.state = WorkspaceState(options.seed, options.clock)
        self.modals = Modals(self.state)
        self.triggers = TriggerBook(options.clock)
        self.responses = ResponseUrls(options.clock)
        self.uploads = UploadSlots()
        self.rates = RateLimits(options.clock, enabled=options.rate_limits)
        self.faults = Faults()
        self.journal = CallJournal()
        self.socket_mode = SocketMode(options.seed, options.ack_seconds)
        self.signed_http = (
            SignedHttp(options.request_url, options.seed.signing_secret, options.clock, options.ack_seconds)
            if options.request_url
            else None
        )
        self.gateway = Gateway(self.state, self.signed_http or self.socket_mode, options.event_retry_seconds)
        self.event_rules = EventRules()
        self.stream = PageStream(self.state)
        self.state.watch(self.stream.see)
        self.state.watch(AppEvents(self.state, self.gateway, self.event_rules).see)

    async def close(self) -> None:
        """End deliveries and connections."""
        await self.gateway.close()
        await self.socket_mode.close()
        await self.stream.close()
        if self.signed_http is not None:
            await self.signed_http.close()
