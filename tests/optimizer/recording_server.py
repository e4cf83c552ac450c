"""A server that answers as it is told, and keeps what it was sent."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RecordingServer:
    """``with RecordingServer() as server``: ``server.replies`` are (status, headers, body), the last one stays.

    A status of 0 cuts the connection.
    """

    def __init__(self):
        self.replies = []
        self.bodies = []
        self.headers = []
        self.paths = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                server.bodies.append(json.loads(sent))
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                server.paths.append(self.path)
                status, headers, body = server.replies.pop(0) if server.replies[1:] else server.replies[0]
                if not status:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()

    def answers(self, *replies):
        """Answer with these from now on: a completion's JSON, or (status, JSON or bytes, headers)."""
        self.replies = [_reply(reply) for reply in replies]


def _reply(reply):
    status, body, headers = (*reply, {})[:3] if isinstance(reply, tuple) else (200, reply, {})
    return status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()
