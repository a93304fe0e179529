"""A real SMTP server on the loopback, aiosmtpd with TLS by an authority made here, that keeps what it takes."""

from __future__ import annotations

import asyncio
import email
import email.policy
import functools
import ssl
import warnings
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from leeway.ports.kit.channel_suite import Shown


@functools.cache
def authority():
    """One for all tests: keys take time."""
    return trustme.CA()


@functools.cache
def context(name="127.0.0.1"):
    """A server's side of TLS under this name."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(name).configure_cert(made)
    return made


@dataclass
class Postbox:
    """`async with Postbox() as box`; `refuse` maps an address or a command to the server's answer to it."""

    tls: str = "starttls"
    user: str = ""
    password: str = ""
    refuse: dict[str, str] = field(default_factory=dict)
    name: str = "127.0.0.1"
    mails: list = field(default_factory=list)
    port: int = 0
    _talks: list = field(default_factory=list)

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol, "127.0.0.1", 0, ssl=context(self.name) if self.tls == "implicit" else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for talk in self._talks:
            await talk.ended()
        await asyncio.sleep(0.01)  # the client's end learns of it

    def _protocol(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # aiosmtpd does not see that TLS was there from the first byte
            return self._made()

    def _made(self):
        talk = Talk(
            self,
            hostname="mail.example",
            tls_context=context(self.name) if self.tls == "starttls" else None,
            require_starttls=self.tls == "starttls",
            authenticator=self._login if self.user else None,
            auth_required=bool(self.user),
            auth_require_tls=self.tls == "starttls",
            enable_SMTPUTF8=False,
            loop=asyncio.get_running_loop(),
        )
        self._talks.append(talk)
        return talk

    def _login(self, server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's name for it
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name for it
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.mails.append((tuple(envelope.rcpt_tos), bytes(envelope.original_content)))
        return "250 taken"

    def read(self):
        """The mails as a mail program reads them."""
        return [email.message_from_bytes(content, policy=email.policy.default) for _, content in self.mails]

    async def shown(self):
        """Threads: a mail that answers one here belongs to it, and says that the alert is over."""
        threads, first = [], {}
        for (recipients, _), mail in zip(self.mails, self.read(), strict=True):
            if mail["In-Reply-To"] in first:
                answered = first[mail["In-Reply-To"]]
                threads[answered] = replace(threads[answered], open=False)
            else:
                first.setdefault(mail["Message-ID"], len(threads))
                threads.append(shown_of(mail, recipients))
        return threads


class Talk(SMTP):
    """One connection, which can be waited for."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self._over = asyncio.Event()
        self._first = None

    def connection_made(self, transport):
        self._first = self._first or transport
        super().connection_made(transport)

    def connection_lost(self, error):
        super().connection_lost(error)
        self._over.set()

    async def ended(self):
        """After a handshake that failed aiosmtpd hears nothing more: then its connection is ended here."""
        try:
            async with asyncio.timeout(0.5):
                await self._over.wait()
        except TimeoutError:
            if self._first is not None:
                self._first.abort()


class Strange:
    """Says these lines, the first at once and each other after one of the client's; then hangs up, or never."""

    def __init__(self, *lines, hangs_up=True):
        self.lines = lines
        self.hangs_up = hangs_up
        self.port = 0

    async def __aenter__(self):
        self._talks = []
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await asyncio.gather(*self._talks)

    async def _talk(self, reader, writer):
        self._talks.append(asyncio.current_task())
        for line in self.lines:
            writer.write(line)
            await writer.drain()
            await reader.readline()
        if not self.hangs_up:
            await reader.read()
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


def shown_of(mail, recipients):
    """What is to read, and what is acted upon: recipients, headers, tags, their attributes, where links lead."""
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    tags = Tags()
    tags.feed(html)
    parts = {part.get_content_type() for part in mail.walk()}
    live = {*recipients, *mail.keys(), *tags.found, *parts, mail["To"], mail["From"], f"{mail.defects}"}
    words = (text.replace(":", " ").split(), " ".join(tags.text).replace(":", " ").split())
    assert set(words[0]) <= set(words[1]), "both parts say the same"
    return Shown(mail["Subject"], text, True, frozenset(live))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.text = set(), []

    def handle_starttag(self, tag, attributes):
        self.found |= {tag, *(f"{tag} {name}={value}" for name, value in attributes)}

    def handle_data(self, data):
        self.text.append(data)
