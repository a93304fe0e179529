"""TLS: own authority, client certificates, the peer's expiry, and what each phase of an exchange took."""

from __future__ import annotations

import asyncio
import ssl
import time

import pytest
import trustme
from aiohttp import web

from leeway.errors import Invalid, LeewayError, Permanent
from leeway.net import Client, Egress, Request, Retries, Tls


class SystemClock:
    """Real time: the phases of an exchange are measured."""

    def now(self):
        return 1_800_000_000.0

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def files(authority, tmp_path):
    """ca.pem, and client.pem with its key inside."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    return tmp_path


def asked(authority, tls, *, client_needed=False, fresh=True, times=1):
    async def hello(_):
        return web.Response(text="hello")

    async def story():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        if client_needed:
            context.verify_mode = ssl.CERT_REQUIRED
            authority.configure_trust(context)
        app = web.Application()
        app.router.add_get("/", hello)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        client = Client(Egress(frozenset({"127.0.0.1"})), SystemClock(), tls=tls, retries=Retries(1), fresh=fresh)
        try:
            return [await client.ask(Request(f"https://127.0.0.1:{port}/")) for _ in range(times)]
        finally:
            await client.close()
            await runner.cleanup()

    return asyncio.run(story())


def test_an_own_authority_is_trusted_and_the_expiry_known(authority, files):
    """The probe needs the day on which the certificate ends."""
    (answer,) = asked(authority, Tls(ca=files / "ca.pem"))
    assert answer.body == b"hello"
    assert answer.certificate_expires > 1_700_000_000


def test_each_phase_has_its_time(authority, files):
    """The phases follow one another and lie inside the whole; a connection used again has none to set up."""
    first, again = (answer.timings for answer in asked(authority, Tls(ca=files / "ca.pem"), fresh=False, times=2))
    assert first.connect_s > 0
    assert first.tls_s > 0
    assert first.dns_s + first.connect_s + first.tls_s <= first.first_byte_s <= first.total_s
    assert (again.dns_s, again.connect_s, again.tls_s) == (0, 0, 0)
    assert again.total_s > 0


def test_an_unknown_authority_is_refused_with_the_mend(authority):
    """Permanent: a retry cannot help until somebody names the authority."""
    with pytest.raises(Permanent, match=r"not trusted.*tls\.ca"):
        asked(authority, Tls())


def test_a_client_certificate_is_shown(authority, files):
    """mTLS works with it and not without."""
    (answer,) = asked(authority, Tls(files / "ca.pem", files / "client.pem", files / "client.pem"), client_needed=True)
    assert answer.status == 200
    with pytest.raises(LeewayError):
        asked(authority, Tls(files / "ca.pem"), client_needed=True)


@pytest.mark.parametrize("content", [None, b"", b"no pem"])
def test_a_file_that_is_none_is_named(tmp_path, content):
    """Which file, and what it should be."""
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_bytes(content)
    for tls in (Tls(ca=path), Tls(certificate=path)):
        with pytest.raises(Invalid, match=r"own\.pem: is not a certificate"):
            tls.context()
