"""The probe against real servers on the loopback: the faults of the site are measured, our own are errors."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import resource
import socket
import ssl
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import trustme
from aiohttp import web

from leeway.core.window import Span
from leeway.errors import Forbidden, Invalid, Permanent, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources.http_probe import Settings, build

STEP = Span(1_790_000_040, 1_790_000_100)


class Clock:
    """Real waiting and timing, `speed` times as fast; who first asks for the wall time is ten seconds into it."""

    def __init__(self, speed=1.0):
        self._began = None
        self._speed = speed

    def now(self):
        self._began = self._began or time.monotonic()
        return STEP.start + 10 + (time.monotonic() - self._began) * self._speed

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds / self._speed)


def probe(settings=None, *, clock=None, allow=("127.0.0.1",), secrets=None):
    tree = {"timeout_s": 5} | (settings or {})
    outside = Outside(clock or Clock(), Egress(frozenset(allow)), secrets or Secrets())
    return build(read_settings(Settings, tree), outside, "shop")


def ask(spec, *roles, span=STEP):
    return Ask(tuple(Metric(role, spec) for role in roles or (Role.GOOD, Role.TOTAL)), span, 60)


async def read(source, asked):
    try:
        return await source.read(asked)
    finally:
        await source.close()


def measured(answer, *roles, settings=None, clock=None, **spec):
    """The reading of a probe of a server that answers so."""

    async def story():
        async with FaultServer(answer) as server:
            return await read(probe(settings, clock=clock), ask({"url": server.url + "/health", **spec}, *roles))

    return asyncio.run(story())


def counts(reading):
    return tuple(reading.columns[role].tolist() for role in (Role.GOOD, Role.TOTAL))


GOOD, BAD = ([1.0], [1.0]), ([0.0], [1.0])


def test_a_good_answer_is_one_good_event_of_one():
    """With everything a person needs to trust it: what was asked, what came back, where the time went."""
    reading = measured(fault.body(b"ok"))
    assert counts(reading) == GOOD
    assert reading.time.tolist() == [STEP.start]
    told = reading.provenance
    assert told.query.startswith("GET http://127.0.0.1:")
    assert told.query.endswith("/health answers 200-399 within 5 s")
    assert (told.source, told.samples, told.computed_by) == ("shop", 1, ComputedBy.LEEWAY)
    assert told.digest == hashlib.sha256(hashlib.sha256(b"200\nok").digest()).hexdigest()
    (note,) = told.notes
    assert note.startswith("slowest answer 200: look-up 0.0 ms, connect ")
    assert STEP.holds(int(told.fetched_at))


@pytest.mark.parametrize(
    ("answer", "spec", "says"),
    [
        (fault.status(500), {}, "answered 500"),
        (fault.status(404), {}, "answered 404"),
        (fault.body(b"ok"), {"status": [204, "300-399"]}, "answered 200"),
        (fault.body(b"we are closed"), {"contains": "open"}, "does not contain 'open'"),
        (fault.body(b"ok"), {"latency_ms": 0.001}, "took longer than 0.001 ms"),
        (fault.silence(), {"timeout_s": 0.2}, "no whole answer in time"),
        (fault.half(fault.body(b"x" * 1000)), {}, "broke off"),
        (fault.hang_up(), {}, "1 of 1: "),
        (fault.endless(), {"timeout_s": 2}, "1 of 1: "),
    ],
)
def test_what_the_site_does_wrong_is_a_bad_event_with_a_reason(answer, spec, says):
    """Failures are what a probe is there to measure."""
    reading = measured(answer, settings={"largest_answer": 1 << 20}, **spec)
    assert counts(reading) == BAD
    assert says in reading.provenance.notes[0]


@pytest.mark.parametrize(
    ("answer", "spec"),
    [
        (fault.status(503), {"status": 503}),
        (fault.moved("http://elsewhere.example/"), {}),
        (fault.body("offen für alle".encode()), {"contains": "für"}),
        (fault.body(b"ok"), {"latency_ms": 5000}),
        (fault.body(b"ok"), {"latency_ms": Decimal("5000.5")}),  # as a file of definitions says it
    ],
)
def test_what_is_wanted_is_good(answer, spec):
    """Also an error page that is wanted, and a redirect, which is not followed."""
    assert counts(measured(answer, **spec)) == GOOD


def test_a_refused_connection_is_bad():
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    reading = asyncio.run(read(probe(), ask({"url": f"http://127.0.0.1:{port}/"})))
    assert counts(reading) == BAD


def test_a_name_that_does_not_resolve_is_bad():
    """For its users the site is gone."""
    reading = asyncio.run(read(probe(), ask({"url": "http://shop.invalid/", "timeout_s": 2})))
    assert counts(reading) == BAD


def test_the_request_is_what_was_written():
    """Method, path, query, headers and body arrive; each request has a connection of its own."""
    seen = []

    async def answer(request):
        seen.append(
            (request.method, request.path_qs, request.headers["X-Team"], await request.text(), request.transport)
        )
        return web.Response()

    async def story():
        async with FaultServer(answer) as server:
            spec = {"url": f"{server.url}/a?b=c", "method": "POST", "body": "hello", "headers": {"X-Team": "shop"}}
            source = probe()
            await source.read(ask(spec))
            return await read(source, ask(spec))

    assert counts(asyncio.run(story())) == GOOD
    assert [one[:4] for one in seen] == [("POST", "/a?b=c", "shop", "hello")] * 2
    assert seen[0][4] is not seen[1][4]


def test_several_requests_fill_the_rest_of_the_step():
    """From now on every ten seconds: of sixty seconds ten have passed, so there are five."""
    reading = measured(fault.after(3, fault.body(b"ok"), fault.status(500)), clock=Clock(speed=100), every=10)
    assert counts(reading) == ([3.0], [5.0])
    assert reading.provenance.samples == 5
    assert reading.provenance.notes[0] == "2 of 5: answered 500"


def test_a_slow_site_is_not_asked_less_often():
    """Requests begin on time even while earlier ones wait; else an outage would count less than a good minute."""
    reading = measured(fault.silence(), clock=Clock(speed=100), every=10, timeout_s=0.3)
    assert counts(reading) == ([0.0], [5.0])


def test_the_end_of_a_step_is_probed_however_patient_the_probe_is():
    """The last request begins before the step ends and has all its time; no part of a minute is blind."""
    for patience in (1, 5, 25):
        settings = {"timeout_s": patience}
        reading = measured(fault.body(b"ok"), settings=settings, clock=Clock(speed=100), every=10)
        assert counts(reading) == ([5.0], [5.0])


def test_a_value_is_the_latency_in_milliseconds():
    """Of the whole exchange."""

    async def slow(_request):
        await asyncio.sleep(0.05)
        return web.Response()

    (latency,) = measured(slow, Role.VALUE).columns[Role.VALUE].tolist()
    assert 50 <= latency < 5000


def test_without_a_good_answer_the_latency_is_all_the_patience_there_was():
    """An error page is fast, and a refused connection faster; neither is a good latency."""
    assert measured(fault.status(500), Role.VALUE, timeout_s=3).columns[Role.VALUE].tolist() == [3000]


def test_bad_can_be_asked_for_too():
    """Bad and total, as some SLIs are written."""
    reading = measured(fault.status(500), Role.BAD, Role.TOTAL)
    assert [reading.columns[role].tolist() for role in (Role.BAD, Role.TOTAL)] == [[1], [1]]


@pytest.mark.parametrize(
    "span",
    [Span(STEP.start - 60, STEP.start), Span(STEP.end, STEP.end + 60), Span(STEP.start - 60, STEP.end)],
)
def test_history_and_future_cannot_be_probed(span):
    """Only the step that holds now."""
    with pytest.raises(Invalid, match="the present only"):
        asyncio.run(read(probe(), ask({"url": "http://127.0.0.1:9/"}, span=span)))


def test_an_address_that_the_policy_forbids_is_no_measurement():
    """It says nothing of the site; the step stays unknown."""
    with pytest.raises(Forbidden):
        asyncio.run(read(probe(allow=()), ask({"url": "http://127.0.0.1:9/"})))


def test_no_sockets_left_on_this_side_is_no_measurement():
    """A probe that cannot ask must not say that the site is down."""

    async def story():
        async with FaultServer(fault.body(b"ok")) as server:
            source = probe()  # before, as it may load modules
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            next_free = os.dup(0)
            os.close(next_free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (next_free, hard))
            try:
                return await read(source, ask({"url": server.url}))
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    with pytest.raises(Unreachable, match=os.strerror(errno.EMFILE)):
        asyncio.run(story())


def test_a_closed_probe_asks_no_more():
    """After close every reading is an error."""

    async def story():
        source = probe()
        await source.close()
        await source.read(ask({"url": "http://127.0.0.1:9/"}))

    with pytest.raises(Permanent, match="closed"):
        asyncio.run(story())


@pytest.mark.parametrize(
    ("spec", "key", "says"),
    [
        ({}, "url", "is missing"),
        ({"ulr": "http://a.example"}, "ulr", "did you mean `url`?"),
        ({"url": "ftp://a.example"}, "url", "no http or https address"),
        ({"url": "http://me:pw@a.example"}, "url", "user or a password"),
        ({"url": "http://a.example", "method": "DELETE"}, "method", "use GET, HEAD"),
        ({"url": "http://a.example", "body": "x"}, "body", "method: POST"),
        ({"url": "http://a.example", "method": "HEAD", "contains": "x"}, "contains", "method: GET"),
        ({"url": "http://a.example", "status": "2xx"}, "status", "write 200, 200-399"),
        ({"url": "http://a.example", "status": "400-300"}, "status", "is no status"),
        ({"url": "http://a.example", "status": []}, "status", "is empty"),
        ({"url": "http://a.example", "timeout_s": 0}, "timeout_s", "write a number"),
        ({"url": "http://a.example", "every": 0.1}, "every", "from 1 on"),
        ({"url": "http://a.example", "latency_ms": True}, "latency_ms", "no number"),
        ({"url": "http://a.example", "contains": 7}, "contains", "is no text"),
        ({"url": "http://a.example", "headers": {"Authorization": "x"}}, "headers.Authorization", "{env: NAME}"),
        ({"url": "http://a.example", "headers": {"Host": "x"}}, "headers.Host", "leave it out"),
        ({"url": "http://a.example", "headers": {"X-A": "b\r\nc: d"}}, "headers.X-A", "one line"),
    ],
)
def test_words_that_no_probe_understands_are_refused_without_asking(spec, key, says):
    """`check` names the key at fault."""
    with pytest.raises(Invalid) as refused:
        probe().check(ask(spec).metrics)
    assert refused.value.place == f"metricSource.spec.{key}"
    assert says in str(refused.value)


def test_the_words_of_one_sli_are_taken_together():
    """Good says what total leaves out; what they say differently would be two probes, and no ratio of one."""
    url = {"url": "http://a.example"}
    for good, total in ((url, url), ({**url, "contains": "open"}, url), ({"contains": "open"}, url), ({}, url)):
        probe().check((Metric(Role.GOOD, good), Metric(Role.TOTAL, total)))
    with pytest.raises(Invalid, match="differs between the metrics") as refused:
        probe().check((Metric(Role.GOOD, url), Metric(Role.TOTAL, {"url": "http://b.example"})))
    assert refused.value.place == "metricSource.spec.url"


@pytest.mark.parametrize(
    ("role", "more"), [(Role.RAW, {}), (Role.VALUE, {"every": 5}), (Role.VALUE, {"latency_ms": 5})]
)
def test_what_would_lie_is_refused(role, more):
    """A ratio of one probe, and the mean of many latencies."""
    with pytest.raises(Invalid):
        probe().check((Metric(role, {"url": "http://a.example", **more}),))


def test_credentials_are_sent_to_their_own_site_and_to_no_other():
    """Who writes an SLO cannot have another team's token sent to an address of their choice."""
    secrets = Secrets(env=frozenset({"TOKEN"}), environ={"TOKEN": "s3cret-token"})

    async def story():
        async with FaultServer(fault.status(500)) as server:
            source = probe({"url": server.url, "bearer": {"env": "TOKEN"}}, secrets=secrets)
            for url in ("http://127.0.0.1:9/", "http://other.example/", server.url.replace("http", "https")):
                with pytest.raises(Invalid, match="leads to"):
                    source.check(ask({"url": url}).metrics)
            reading = await read(source, ask({"url": "/health"}))
            return reading, server.seen

    reading, seen = asyncio.run(story())
    assert [headers["Authorization"] for headers in seen] == ["Bearer s3cret-token"]
    assert "s3cret" not in repr(reading)
    with pytest.raises(Invalid, match="one site alone"):
        probe({"bearer": {"env": "TOKEN"}}, secrets=secrets)


@asynccontextmanager
async def tls_server(authority, **certificate):
    """A site over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", **certificate).configure_cert(context)
    app = web.Application()
    app.router.add_get("/", fault.body(b"ok"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        await runner.cleanup()


def over_tls(tmp_path, *, trusted=True, spec=None, **certificate):
    authority, other = trustme.CA(), trustme.CA()
    file = tmp_path / "ca.pem"
    (authority if trusted else other).cert_pem.write_to_path(str(file))

    async def story():
        async with tls_server(authority, **certificate) as url:
            source = probe({"tls": {"ca": str(file)}}, secrets=Secrets(files=(tmp_path,)))
            return await read(source, ask({"url": url, **(spec or {})}))

    return asyncio.run(story())


def test_tls_is_timed_and_the_certificate_watched(tmp_path):
    """A person reads when it ends, and is warned in time."""
    ends = datetime.fromtimestamp(STEP.start + 10, UTC) + timedelta(days=10_000.5)
    for warn_days, says in ((14, ""), (20_000, ": renew it, fewer than 20000 are left")):
        reading = over_tls(tmp_path, spec={"certificate_days": warn_days}, not_after=ends)
        assert counts(reading) == GOOD
        slowest, certificate = reading.provenance.notes
        assert "TLS 0.0 ms" not in slowest
        assert certificate == "the certificate is valid for 10000.5 more days" + says


def test_an_expired_certificate_is_bad_and_named(tmp_path):
    """As it is to every visitor."""
    reading = over_tls(
        tmp_path, not_after=datetime(2020, 1, 1, tzinfo=UTC), not_before=datetime(2019, 1, 1, tzinfo=UTC)
    )
    assert counts(reading) == BAD
    assert "certificate has expired" in reading.provenance.notes[0]


def test_a_certificate_of_an_unknown_authority_is_bad(tmp_path):
    """Verification cannot be switched off."""
    reading = over_tls(tmp_path, trusted=False)
    assert counts(reading) == BAD
    assert "not trusted" in reading.provenance.notes[0]
