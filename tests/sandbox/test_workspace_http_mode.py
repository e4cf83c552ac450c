"""Delivery by signed HTTP requests to a real Bolt app."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_bolt import App, BoltRequest
from slack_payloads import PROMPTS, actions, button, field, modal
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.workspace.delivery import DeliveryFailed
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace


class BoltServer(ThreadingHTTPServer):
    """Hands every POST to a Bolt app that is set later."""

    app: App | None = None
    seen_headers: list[dict[str, str]]


class _Handler(BaseHTTPRequestHandler):
    server: BoltServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen_headers.append(dict(self.headers.items()))
        answer = self.server.app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
        self.send_response(answer.status)
        for name, values in answer.headers.items():
            for value in values:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[BoltServer]:
    bolt_server = BoltServer(("127.0.0.1", 0), _Handler)
    bolt_server.seen_headers = []
    thread = threading.Thread(target=bolt_server.serve_forever, daemon=True)
    thread.start()
    yield bolt_server
    bolt_server.shutdown()
    bolt_server.server_close()
    thread.join()


@pytest.fixture
def http_workspace(server: BoltServer) -> Iterator[RunningWorkspace]:
    url = f"http://127.0.0.1:{server.server_port}/slack/events"
    options = Options(request_url=url, event_retry_seconds=(0.05, 0.05), ack_seconds=2.0)
    with RunningWorkspace(options) as running:
        yield running


@pytest.fixture
def http_app(server: BoltServer, http_workspace: RunningWorkspace) -> App:
    client = WebClient(http_workspace.bot_token, base_url=http_workspace.api_url)
    server.app = App(client=client, signing_secret=http_workspace.signing_secret)
    return server.app


def test_the_whole_loop_works_over_signed_requests(http_app, http_workspace):
    @http_app.command("/optimize")
    def optimize(ack, body, client):
        client.views_open(
            trigger_id=body["trigger_id"], view=modal(field("prompt", {"type": "plain_text_input"}))
        )
        ack("opened")

    @http_app.view("form")
    def submitted(ack, view, client):
        if view["state"]["values"]["prompt"]["prompt_action"]["value"] == "bad":
            ack(response_action="errors", errors={"prompt": "no"})
            return
        ack()
        client.chat_postMessage(channel=PROMPTS, text="started", blocks=[actions(button("stop"))])

    @http_app.action("stop")
    def stop(ack, respond):
        ack()
        respond("stopped")

    http_workspace.slash("alice", "prompts", "/optimize é & ü")
    http_workspace.wait_for(lambda one: one["text"] == "opened")
    assert http_workspace.submit("alice", {"prompt": "bad"})["errors"] == {"prompt": "no"}
    assert http_workspace.submit("alice", {"prompt": "good"}) == {}
    ts = http_workspace.wait_for(lambda one: one["text"] == "started")["ts"]
    http_workspace.click("alice", "prompts", ts, "stop")
    http_workspace.wait_for(lambda one: one["text"] == "stopped")


def test_a_wrong_signing_secret_makes_the_app_refuse(server, http_workspace):
    client = WebClient(http_workspace.bot_token, base_url=http_workspace.api_url)
    server.app = App(client=client, signing_secret="another")
    with pytest.raises(DeliveryFailed, match="dispatch_failed"):
        http_workspace.slash("alice", "prompts", "/optimize")


def test_an_event_that_failed_comes_again_with_number_and_reason(server, http_app, http_workspace):
    seen = []
    http_app._process_before_response = True

    def message(event):
        seen.append(event["text"])
        if len(seen) == 1:
            raise RuntimeError("not yet")

    server.app = App(
        client=http_app.client, signing_secret=http_workspace.signing_secret, process_before_response=True
    )
    server.app.event("message")(message)
    http_workspace.send("alice", "prompts", "hello")
    http_workspace.wait(lambda: len(seen) == 2)
    retries = [one.get("X-Slack-Retry-Num") for one in server.seen_headers]
    assert retries == [None, "1"]
    assert server.seen_headers[1]["X-Slack-Retry-Reason"] == "http_error"


def test_socket_mode_is_off_when_a_request_url_is_set(http_workspace):
    client = WebClient(base_url=http_workspace.api_url)
    with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
        client.apps_connections_open(app_token=http_workspace.app_token)


def test_an_app_that_is_down_is_named_as_such():
    with (
        RunningWorkspace(Options(request_url="http://127.0.0.1:9/slack/events")) as running,
        pytest.raises(DeliveryFailed, match="dispatch_failed"),
    ):
        running.slash("alice", "prompts", "/optimize")
