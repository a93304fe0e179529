"""Somebody who takes webhooks, or is probed: a real HTTP server on the loopback that answers as it is told, and keeps
what came."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Came:
    """One request."""

    headers: Any
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`answer` writes the answer to a request; 204 at first."""

    port: int
    answer: Callable[[BaseHTTPRequestHandler], None]
    came: list[Came] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"


def with_status(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Always this."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Listens until the block ends; at this port, if one is given."""
    receiver = Receiver(port, with_status(204))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.came.append(Came(self.headers, body))
            with suppress(OSError):  # whoever asked went away
                receiver.answer(self)

        do_GET = do_POST  # noqa: N815  # the name that it is called by

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET

        def handle_error(self, *_: object) -> None:
            pass  # the far side broke off, as it should

    server = Server(("127.0.0.1", port), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def until(done: Callable[[], Any], meanwhile: Callable[[], object], patience_s: float = 30) -> Any:
    """What `done` gives as soon as it gives something; raises if it never does."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := done():
            return found
        meanwhile()
        time.sleep(0.02)
    raise AssertionError("it did not happen")
