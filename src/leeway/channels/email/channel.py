"""Hands mail to a server: the acting part. One connection for each message; a page must not wait for an old one."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace

from aiosmtplib import SMTP, SMTPException, SMTPResponse
from yarl import URL

from leeway.channels.email.compose import mail, message_id
from leeway.channels.email.failure import error_of
from leeway.channels.email.settings import Settings
from leeway.errors import Permanent
from leeway.net import Outside, Redaction, Secret, Tls, dial
from leeway.ports.channel import Delivered, Manifest, Message, Skill

manifest = Manifest(name="email", title="E-mail", skills=frozenset({Skill.RESOLVE}))

_GOODBYE_S = 2.0
_PLAIN = "without TLS mail goes to this machine itself only; set tls: starttls or implicit"


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> EmailChannel:
    """A channel to these addresses, called `title`; reads password and authority now, connects for each message.

    Forbidden if it can be told from the address alone that the server is Leeway itself, or must not be asked.
    """
    egress = replace(outside.egress, own=outside.own)
    egress.judge_url(URL.build(scheme="smtp", host=settings.host, port=settings.reached_at))
    password = outside.secrets.read(settings.login.password) if settings.login else None
    ca = outside.secrets.path(settings.ca) if settings.ca else None
    context = None if settings.tls == "none" else Tls(ca).context()
    facts = replace(manifest, title=title, people=len(settings.to))
    return EmailChannel(facts, settings, replace(outside, egress=egress), password, context)


class EmailChannel:
    """Mail to exactly the addresses of its settings."""

    def __init__(
        self,
        facts: Manifest,
        settings: Settings,
        outside: Outside,
        password: Secret | None,
        context: ssl.SSLContext | None,
    ) -> None:
        self._manifest = facts
        self._settings = settings
        self._outside = outside
        self._password = password
        self._context = context
        self._redaction = Redaction((password,) if password else ())
        self._closed = False

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        settings = self._settings
        place = f"smtp {settings.host}:{settings.reached_at}"
        if self._closed:
            raise Permanent("this channel is closed", place=place)
        content = mail(message, settings.sender, settings.to, self._outside.clock.now())
        server = self._server()
        try:
            async with asyncio.timeout(settings.timeout_s):
                await self._connect(server)
                refused, _ = await server.sendmail(settings.sender, settings.to, content)
            await _part(server)
        except (SMTPException, OSError, ValueError) as failure:  # ValueError: aiosmtplib's for answers that are no SMTP
            raise error_of(failure, place, self._redaction) from None
        finally:
            server.close()
        return Delivered(message_id(message, settings.sender), self._notes(refused))

    async def close(self) -> None:
        self._closed = True

    def _server(self) -> SMTP:
        login, settings = self._settings.login, self._settings
        return SMTP(
            hostname=settings.host,
            username=login.user if login else None,
            password=self._password.reveal() if self._password else None,
            local_hostname=settings.sender.rpartition("@")[2],
            timeout=settings.timeout_s,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=self._context,
        )

    async def _connect(self, server: SMTP) -> None:
        settings = self._settings
        only = _PLAIN if settings.tls == "none" else ""
        connection = await dial(self._outside.egress, settings.host, settings.reached_at, only_loopback=only)
        await server.connect(sock=connection)  # from here on the socket is its to close

    def _notes(self, refused: dict[str, SMTPResponse]) -> tuple[str, ...]:
        return tuple(
            f"not taken for {address}: {answer.code} {self._redaction.quoted(answer.message)}"
            for address, answer in refused.items()
        )


async def _part(server: SMTP) -> None:
    """Says goodbye. The mail is taken, whatever happens now."""
    try:
        await server.quit(timeout=_GOODBYE_S)
    except (SMTPException, OSError):
        return
