"""A small real HTTP server on the loopback that can fail in all the ways in which the world fails."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from types import TracebackType
from typing import Self

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FaultServer:
    """Answers as `answer` says, while it is open: `async with FaultServer(answer) as server: … server.url`.

    `answer` may be replaced at any time. `seen` holds the requests' headers, `asked` counts requests.
    """

    def __init__(self, answer: Handler) -> None:
        self.answer = answer
        self.seen: list[dict[str, str]] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    @property
    def asked(self) -> int:
        """How many requests have come in."""
        return len(self.seen)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await web.SockSite(self._runner, listening).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(dict(request.headers))
        return await self.answer(request)


def status(code: int, **headers: str) -> Handler:
    """Answers with this status, and says what it was told: a careless server that echoes credentials."""

    async def answer(request: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        told = " ".join(f"{name}: {value}" for name, value in request.headers.items())
        content = await request.text()
        return web.Response(status=code, text=f"you sent {told} {request.path_qs} {content[:10_000]}", headers=names)

    return answer


def body(content: bytes, content_type: str = "application/json", code: int = 200) -> Handler:
    """Answers with these bytes."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, body=content, headers={"Content-Type": content_type})

    return answer


def silence(seconds: float = 30.0) -> Handler:
    """Takes the request and says nothing."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.Response()

    return answer


def half(whole: Handler) -> Handler:
    """Promises the whole body of another answer, sends the first half and hangs up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        content, response = await _body_of(whole, request)
        broken = web.StreamResponse(headers={"Content-Type": response.content_type})
        broken.content_length = len(content)
        await broken.prepare(request)
        await broken.write(content[: len(content) // 2])
        _hang_up(request)
        return broken

    return answer


def hang_up() -> Handler:
    """Closes the connection without a word."""

    async def answer(request: web.Request) -> web.StreamResponse:
        _hang_up(request)
        return web.Response()

    return answer


def reset(code: int = 200) -> Handler:
    """Begins to answer with this status, then resets the connection in the middle of the body."""

    async def answer(request: web.Request) -> web.StreamResponse:
        broken = web.StreamResponse(status=code)
        broken.content_length = 1000
        await broken.prepare(request)
        await broken.write(b"o")
        if request.transport is not None:
            linger = struct.pack("ii", 1, 0)
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            request.transport.abort()
        return broken

    return answer


def trickle(code: int = 200, pause_s: float = 0.2) -> Handler:
    """Answers at once, and then a byte at a time, for a minute."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=code)
        await response.prepare(request)
        for _ in range(int(60 / pause_s)):
            await response.write(b" ")
            await asyncio.sleep(pause_s)
        return response

    return answer


def endless(content_type: str = "application/json", piece: bytes = b" " * 65_536) -> Handler:
    """Never stops sending."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        while True:
            await response.write(piece)

    return answer


def typed(whole: Handler, content_type: str) -> Handler:
    """Another answer under a false content type."""

    async def answer(request: web.Request) -> web.StreamResponse:
        content, _ = await _body_of(whole, request)
        return web.Response(body=content, headers={"Content-Type": content_type})

    return answer


def dated(whole: Handler, at: float) -> Handler:
    """Another answer from a server whose clock says `at`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await whole(request)
        response.headers["Date"] = formatdate(at, usegmt=True)
        return response

    return answer


def moved(to: str) -> Handler:
    """Redirects to another address."""
    return status(302, Location=to)


def after(good: int, first: Handler, then: Handler) -> Handler:
    """The first handler for so many requests, the other from there on."""
    count = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal count
        count += 1
        return await (first if count <= good else then)(request)

    return answer


async def until(true: Callable[[], bool]) -> None:
    """Waits, ten seconds at most, for something that a server counts and tells nobody."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  there is nobody who could set an event
            await asyncio.sleep(0.005)


async def _body_of(whole: Handler, request: web.Request) -> tuple[bytes, web.Response]:
    response = await whole(request)
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        raise TypeError("this fault needs an answer that is whole")
    return response.body, response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
