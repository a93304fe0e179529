"""A server that tells whoever asks it everything that they said: nothing of it may be told on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Parrot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode("latin-1")
        self.server.heard.append(f"{self.headers}{said}")  # type: ignore[attr-defined] # declared below
        here = f"http://{self.headers['Host']}"
        status, told = 400, {"status": "error", "error": f"{self.path} {self.headers}{said}", "errorType": said}
        if self.path.endswith("/openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            status, told = 200, {"issuer": here, **{name: f"{here}/{name}" for name in names}}
        body = json.dumps(told).encode()
        self.send_response(status, f"no {self.headers['Authorization']}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def parrot() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what it heard."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Parrot) as server:
        server.daemon_threads = True
        server.heard = []  # type: ignore[attr-defined] # what it heard
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.heard  # type: ignore[attr-defined] # as above
        finally:
            server.shutdown()
            thread.join(20)
