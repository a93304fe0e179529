"""The one HTTP client: what it sends, when it tries again, how much it takes, and what its errors say."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest
from aiohttp import web

from leeway.errors import (
    Denied,
    Forbidden,
    Invalid,
    LeewayError,
    NotUnderstood,
    Permanent,
    Throttled,
    TimedOut,
    Transient,
    Unreachable,
)
from leeway.net import Client, Egress, Limits, Request, Retries, Secret, basic, bearer, header
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.version import VERSION

LOOPBACK = Egress(frozenset({"127.0.0.1"}))


class Restless(VirtualClock):
    """Waits for nothing, and remembers for how long it was asked to."""

    def __init__(self):
        super().__init__()
        self.slept = []

    async def sleep(self, seconds):
        self.slept.append(seconds)
        await asyncio.sleep(0)


def exchanged(answer, request=None, clock=None, **options):
    """One `ask` of a client with these options against a server that answers so; and the server."""

    async def story():
        async with FaultServer(answer) as server:
            client = Client(LOOPBACK, clock or Restless(), **options)
            try:
                path = (request or Request("/")).url
                asked = Request(server.url + path) if request is None else _at(request, server.url)
                return await client.ask(asked), server
            finally:
                await client.close()

    return asyncio.run(story())


def failed(answer, kind, **options):
    with pytest.raises(kind) as caught:
        exchanged(answer, **options)
    return caught.value


def _at(request, url):
    return Request(
        url + request.url,
        request.method,
        request.query,
        request.form,
        request.body,
        request.headers,
        request.repeatable,
    )


def bytes_of(content, **headers):
    async def answer(_):
        return web.Response(body=content, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def test_a_request_carries_its_name_and_credentials():
    """User-Agent, basic, a bearer-like header; asked once."""
    credentials = basic("ann", Secret("p:w")) + header("X-Key", Secret("k1"))
    _, server = exchanged(fault.body(b"{}"), credentials=credentials)
    (sent,) = server.seen
    assert sent["User-Agent"] == f"leeway/{VERSION}"
    assert sent["Authorization"] == "Basic YW5uOnA6dw=="
    assert sent["X-Key"] == "k1"
    _, server = exchanged(fault.body(b"{}"), credentials=bearer(Secret("t0k")))
    assert server.seen[0]["Authorization"] == "Bearer t0k"


def test_a_form_is_encoded_and_a_query_appended():
    """What the far side reads is what was meant, whatever characters it has."""
    told = []

    async def answer(request):
        told.append((dict(request.query), dict(await request.post())))
        return web.Response(text="{}")

    exchanged(answer, Request("/q?a=1", "POST", query=(("b", "x&y=ü+"),), form=(("query", 'm{a="b&c"}+1'),)))
    assert told == [({"a": "1", "b": "x&y=ü+"}, {"query": 'm{a="b&c"}+1'})]


def test_what_is_transient_is_tried_again_with_full_jitter():
    """Waits are random parts of a doubling bound."""
    clock = Restless()
    answer, server = exchanged(
        fault.after(2, fault.status(503), fault.body(b"{}")),
        clock=clock,
        retries=Retries(3, 1.0, 60.0),
        jitter=lambda: 0.5,
    )
    assert answer.status == 200
    assert server.asked == 3
    assert clock.slept == [1.0, 2.0]


def test_retry_after_is_waited_for_when_it_is_short():
    """Never asked again earlier than the server said."""
    clock = Restless()
    exchanged(fault.after(1, fault.status(429, Retry_After="4"), fault.body(b"{}")), clock=clock, jitter=lambda: 0.0)
    assert clock.slept == [4.0]


def test_a_long_retry_after_is_handed_to_the_schedule():
    """Nobody sleeps an hour inside a reading."""
    clock = Restless()
    error = failed(fault.status(429, Retry_After="3600"), Throttled, clock=clock)
    assert (error.retry_after_s, clock.slept) == (3600, [])


@pytest.mark.parametrize("code", [400, 401, 404])
def test_what_is_permanent_is_asked_once(code):
    """A retry cannot help."""
    clock = Restless()
    failed(fault.status(code), Permanent, clock=clock)
    assert clock.slept == []


def test_a_post_that_may_do_harm_is_asked_once():
    """Only repeatable requests are tried again."""
    clock = Restless()
    with pytest.raises(Transient):
        exchanged(fault.status(500), Request("/", "POST", body=b"x"), clock=clock)
    assert clock.slept == []


def test_retries_stop_when_their_budget_is_spent():
    """A source that is down is not asked ten times as often as one that is up."""

    async def story():
        clock = Restless()
        async with FaultServer(fault.status(500)) as server:
            client = Client(LOOPBACK, clock, retries=Retries(tries=3, budget=5))
            for _ in range(20):
                with pytest.raises(Transient):
                    await client.ask(Request(server.url))
            await client.close()
            return server.asked

    assert asyncio.run(story()) == 20 + 5


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_fresh_client_asks_once_though_the_server_hangs_up(method):
    """A probe would miss the failure, and a change would be made twice; there is no kept connection to be forgiven."""

    async def story():
        async with FaultServer(fault.hang_up()) as server:
            client = Client(LOOPBACK, VirtualClock(), retries=Retries(1), fresh=True)
            with pytest.raises(Unreachable):
                await client.ask(Request(server.url, method))
            await client.close()
            return server.asked

    assert asyncio.run(story()) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fault.silence(), TimedOut),
        (fault.hang_up(), Unreachable),
        (fault.half(fault.body(b"x" * 1000)), Unreachable),
        (fault.endless(), Permanent),
        (fault.status(401), Denied),
        (fault.status(403), Denied),
        (fault.status(408), Transient),
        (fault.status(500), Transient),
        (fault.status(418), Permanent),
        (fault.moved("http://other.example/"), Forbidden),
        (fault.moved("https://127.0.0.1.other.example/"), Forbidden),
        (fault.moved("file:///etc/passwd"), Forbidden),
        (fault.moved("http://[bad"), NotUnderstood),
        (bytes_of(b"not gzip", Content_Encoding="gzip"), NotUnderstood),
        (bytes_of(gzip.compress(b"x" * 10_000)[:-20], Content_Encoding="gzip"), Unreachable),
        (bytes_of(b"x", Content_Encoding="zstd"), NotUnderstood),
        (bytes_of(gzip.compress(b"\0" * (3 << 20)), Content_Encoding="gzip"), NotUnderstood),
    ],
)
def test_each_fault_has_its_type_and_shows_no_secret(answer, kind):
    """The server echoes the credentials; the error does not."""
    error = failed(
        answer,
        kind,
        credentials=basic("ann", Secret("hunter2!")),
        limits=Limits(0.5, 0.5, body_bytes=4 << 20),
        retries=Retries(1),
    )
    assert "hunter2!" not in f"{error} {error!r}"
    assert "YW5uOmh1bnRlcjIh" not in f"{error} {error!r}"
    assert "127.0.0.1" in str(error)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_answer_is_unpacked(pack):
    """gzip, and what HTTP calls deflate."""
    name = "gzip" if pack is gzip.compress else "deflate"
    answer, _ = exchanged(bytes_of(pack(b"hello " * 100), Content_Encoding=name))
    assert answer.body == b"hello " * 100


def test_a_bomb_is_cut_before_it_is_unpacked():
    """A limit on what comes out, not on what went in."""
    bomb = gzip.compress(b"\0" * (64 << 20))
    error = failed(bytes_of(bomb, Content_Encoding="gzip"), LeewayError, limits=Limits(body_bytes=1 << 20))
    assert "larger than 1048576 bytes" in str(error)


def test_a_redirect_on_the_same_host_is_followed_without_the_form():
    """303 turns a question into a reading; the answer is the last one's."""

    async def answer(request):
        if request.path == "/new":
            return web.Response(text=f"{request.method} {len(await request.read())}")
        raise web.HTTPSeeOther("/new")

    found, server = exchanged(answer, Request("/old", "POST", form=(("a", "1"),), repeatable=True))
    assert (found.body, server.asked) == (b"GET 0", 2)


def test_a_circle_of_redirects_ends():
    """After three."""
    error = failed(fault.moved("/again"), Permanent)
    assert "3 redirects" in str(error)


def test_the_words_of_the_server_are_kept_short_and_on_one_line():
    """The message inside its JSON, without control characters."""
    said = b'{"status":"error","error":"bad \\u001b[31m query\\r\\n' + b"x" * 5000 + b'"}'

    async def answer(_):
        return web.Response(status=400, body=said)

    text = str(failed(answer, Permanent))
    assert "bad [31m query xxx" in text
    assert len(text) < 500


def test_not_http_is_not_understood():
    """Somebody else listens on this port."""

    async def story():
        async def talk(_, writer):
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = Client(LOOPBACK, Restless(), retries=Retries(1))
        try:
            with pytest.raises(NotUnderstood):
                await client.ask(Request(f"http://127.0.0.1:{port}/"))
        finally:
            await client.close()
            server.close()
            await server.wait_closed()

    asyncio.run(story())


def test_a_name_that_nobody_knows_is_unreachable():
    """`.invalid` never resolves (RFC 6761)."""

    async def story():
        client = Client(Egress(), Restless(), retries=Retries(1))
        try:
            await client.ask(Request("http://nobody.invalid/"))
        finally:
            await client.close()

    with pytest.raises(Unreachable):
        asyncio.run(story())


def test_a_closed_client_asks_no_more():
    """An error, not a new connection."""

    async def story():
        client = Client(LOOPBACK, Restless())
        await client.close()
        await client.ask(Request("http://127.0.0.1:1/"))

    with pytest.raises(Permanent, match="closed"):
        asyncio.run(story())


def test_a_header_cannot_smuggle_another():
    """Line ends in a name or value are refused before anything is sent."""
    with pytest.raises((Invalid, NotUnderstood)):
        exchanged(fault.body(b"{}"), Request("/", headers={"X-A": "b\r\nX-C: d"}))


def answers(response):
    async def answer(_):
        return response

    return answer


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"status": "error", "errorType": "bad_data", "error": "parse error"}, "parse error"),
        ({"error": {"message": "Operation Failed", "detail": "ACL denies it"}}, "Operation Failed; ACL denies it"),
        ({"status": "invalid event", "message": "is invalid", "errors": ["no key", "no key"]}, "is invalid; no key"),
        (
            {"message": "Failed", "errors": [{"field": "title", "code": "missing"}]},
            "Failed; field: title; code: missing",
        ),
        ({"message": {"title": ["can't be blank"]}}, "title: can't be blank"),
        ({"errorMessages": [], "errors": {"project": "is required"}}, "project: is required"),
        (
            {"code": 50035, "message": "Form", "errors": {"embeds": {"_errors": [{"message": "long"}]}}},
            "Form; embeds: long",
        ),
        ({"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required"),
        ({"error": "invalid_client", "error_description": "who?"}, "invalid_client; who?"),
        ({"error": None, "title": "Bad"}, '{"error": null, "title": "Bad"}'),
        ({"hint": "none of the usual names"}, '{"hint": "none of the usual names"}'),
    ],
)
def test_what_a_server_says_is_found_in_the_shapes_that_vendors_use(body, told):
    """The sentences, each once, without the rest of the JSON; of fields with the field's name."""
    assert str(failed(answers(web.json_response(body, status=400)), Permanent)).split(" — ")[0].endswith(f"400: {told}")


def test_an_answer_of_a_thousand_floors_is_told_all_the_same():
    """It ends, and says the status."""
    deep = '{"errors":' * 900 + '"x"' + "}" * 900
    assert "answered 400" in str(failed(answers(web.Response(text=deep, status=400)), Permanent))


def test_what_a_reader_finds_wrong_is_told_with_its_place():
    """The address without its query."""

    def reader(_):
        raise NotUnderstood("not ours")

    async def story():
        async with FaultServer(bytes_of(b"hello")) as server:
            client = Client(LOOPBACK, Restless())
            try:
                assert await client.read(Request(server.url), lambda answer: answer.body) == b"hello"
                await client.read(Request(server.url, query=(("a", "b"),)), reader)
            finally:
                await client.close()

    with pytest.raises(NotUnderstood) as caught:
        asyncio.run(story())
    assert caught.value.place.startswith("GET http://127.0.0.1:")
    assert "a=b" not in caught.value.place
