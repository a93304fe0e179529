"""Where webhooks go, and who kills their sender: at the arrival of a request, after its answer, or at another word."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Point(StrEnum):
    """Where a life ends."""

    TAKEN = "taken"
    """Before the request."""
    ARRIVED = "arrived"
    """After the request, before its answer."""
    ANSWERED = "answered"
    """After the answer: before the mark, or while it is written."""
    MARKED = "marked"
    """After the mark."""
    ANYTIME = "anytime"
    """While it starts, records, delivers."""


class Victim:
    """A process that ends in one way only: killed by this, once."""

    def __init__(self):
        self.number, self._once = Future(), threading.Lock()

    def kill(self):
        """True for the one who did it."""
        first = self._once.acquire(blocking=False)
        if first:
            os.kill(self.number.result(), signal.SIGKILL)
        return first


@dataclass(frozen=True)
class Arrival:
    """A request as it came; `sent` is the sender's time."""

    life: int
    recipient: str
    name: str
    sent: int
    body: bytes


@dataclass
class Receiver:
    """Where the webhooks go; it kills the sender, if that is how the life is to end."""

    arrivals: list[Arrival] = field(default_factory=list)
    cut: list[Arrival] = field(default_factory=list)
    life: int = -1
    point: Point = Point.ANYTIME
    times: int = 1
    victim: Victim = field(default_factory=Victim)

    def arrived(self, one):
        self.arrivals.append(one)
        if self._ends(Point.ARRIVED, one) and self.victim.kill():
            self.cut.append(one)

    def answered(self, one):
        if self._ends(Point.ANSWERED, one):
            self.victim.kill()

    def _ends(self, point, one):
        if self.point is not point or one.life != self.life:
            return False
        self.times -= 1
        return not self.times


class Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for what is being received
    request_queue_size = 64


@contextmanager
def listening(receiver):
    """The port at which it listens."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self):
            with suppress(ConnectionError):  # who asked was killed
                super().handle()

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # killed in the middle of it
            _, life, recipient = self.path.split("/")
            name, sent = self.headers["Idempotency-Key"], int(self.headers["webhook-timestamp"])
            one = Arrival(int(life), recipient, name, sent, body)
            receiver.arrived(one)
            self.send_response(204)
            self.end_headers()
            receiver.answered(one)

        def log_message(self, *_):
            """Nobody reads it."""

    with Listener(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield listener.server_port
        finally:
            listener.shutdown()
            thread.join()
