"""The address of a server: taken at once, served until somebody says stop, given up in order."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from leeway.errors import Denied, Invalid, Transient

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
GRACE_S = 3
"""Answers under way may take so long to end when the server stops."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def taken(port: int, address: str = HOST) -> Iterator[socket.socket]:
    """The port of an address, 0 for any free one. Listens at once, so two servers cannot both believe to have it.

    Raises Transient if another program has it, Denied if this user may not.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(256)
        except OSError as error:
            mend = "stop the other program, or choose another port: `--port 0` takes a free one"
            if error.errno == errno.EADDRINUSE:
                raise Transient(
                    "another program listens there already", place=f"{address}:{port}", mend=mend
                ) from error
            if error.errno == errno.EADDRNOTAVAIL:
                mend = "`ip address` shows the addresses of this machine; 0.0.0.0 is all of them"
                raise Denied("this machine has no such address", place=address, mend=mend) from error
            if error.errno == errno.EACCES:
                mend = "choose a port from 1024 on"
                raise Denied("this user may not listen there", place=f"{address}:{port}", mend=mend) from error
            raise
        yield listener


def port_of(listener: socket.socket) -> int:
    """The port that was really taken."""
    port: int = listener.getsockname()[1]
    return port


@dataclass(frozen=True, slots=True)
class Line:
    """How the bytes come: with TLS if there is a certificate, and through which proxies."""

    cert: Path | None = None
    key: Path | None = None
    proxies: frozenset[str] = frozenset({HOST})

    def ensure_usable(self) -> None:
        """Raises Invalid for a certificate that nobody could be shown, before anything is opened."""
        if self.cert is None:
            if self.key is not None:
                raise Invalid("there is a key without a certificate", place="tls_cert", mend="name both, or neither")
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key, password="")
        except OSError as error:  # an SSLError is one
            said = "they are no PEM, or do not belong together" if isinstance(error, ssl.SSLError) else error.strerror
            mend = "give the whole chain as tls_cert, its key without a passphrase as tls_key"
            raise Invalid(f"certificate and key cannot be used: {said}", place="tls_cert", mend=mend) from error


async def serve(
    app: FastAPI,
    listener: socket.socket,
    started: Callable[[], None],
    line: Line = Line(),
) -> None:
    """Answers until this task is cancelled; calls `started` with the first moment at which requests are answered."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=line.cert,
        ssl_keyfile=line.key,
        forwarded_allow_ips=sorted(line.proxies),
    )
    server = _Server(config, started, app.state.ends)
    task = asyncio.create_task(server.serve([listener]), name="serve")
    try:
        await asyncio.shield(task)
    finally:
        server.should_exit = True
        await task


def until_stopped(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` on a loop of its own (uvloop, where there is one). SIGINT, SIGTERM and SIGHUP cancel it once.

    What `main` opened is closed by its own finally clauses; being stopped is a good end, so nothing is raised.
    """

    async def whole() -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()

        def stop() -> None:
            if task is not None and not task.cancelling():
                task.cancel()

        for number in SIGNALS:
            loop.add_signal_handler(number, stop)
        await main()

    gc.disable()  # what a start makes stays: looking through it for garbage takes a tenth of the start
    try:
        with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
            runner.run(whole())
    except asyncio.CancelledError:
        return
    finally:
        gc.unfreeze()
        gc.enable()


class _Server(uvicorn.Server):
    """Uvicorn, told when to stop by its caller instead of by signals of its own."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], ends: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started, self._when_it_ends = started, ends

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the caller's."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._when_it_ends()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()
        gc.enable()
        self._when_started()
