"""A mail service by its API, on a port of this machine: what Postmark's does, as far as a sender notices."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class MailService:
    """`taken` has the messages; `answers` are given to the next ones: a status and what it says. None: hang up."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]] | None] = []
        self.connections: set[Any] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> MailService:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, token: str | None, message: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if self.answers:
            return self.answers.pop(0)
        if token != "hush":
            return 401, {"ErrorCode": 10, "Message": "Request does not contain a valid Server token."}
        self.taken.append(message)
        return 200, {"ErrorCode": 0, "Message": "OK", "To": message["To"], "MessageID": f"service-{len(self.taken)}"}


def _handler(service: MailService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            service.connections.add(self.client_address)
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = service.answer(self.headers["X-Postmark-Server-Token"], message)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
