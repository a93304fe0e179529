"""The loopback address of a server: taken at once, served until somebody says stop, given up in order."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from leeway.errors import Denied, Transient

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
GRACE_S = 3
"""Answers under way may take so long to end when the server stops."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def taken(port: int) -> Iterator[socket.socket]:
    """The port of the loopback, 0 for any free one. Listens at once, so two servers cannot both believe to have it.

    Raises Transient if another program has it, Denied if this user may not.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(256)
        except OSError as error:
            mend = "stop the other program, or choose another port: `--port 0` takes a free one"
            if error.errno == errno.EADDRINUSE:
                raise Transient("another program listens there already", place=f"{HOST}:{port}", mend=mend) from error
            if error.errno == errno.EACCES:
                mend = "choose a port from 1024 on"
                raise Denied("this user may not listen there", place=f"{HOST}:{port}", mend=mend) from error
            raise
        yield listener


def port_of(listener: socket.socket) -> int:
    """The port that was really taken."""
    port: int = listener.getsockname()[1]
    return port


async def serve(app: FastAPI, listener: socket.socket, started: Callable[[], None]) -> None:
    """Answers until this task is cancelled; calls `started` with the first moment at which requests are answered."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
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
