"""TLS: the system's authorities or an own one, an optional client certificate, and when the handshake began."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leeway.errors import Invalid

handshake_began: ContextVar[Callable[[], None] | None] = ContextVar("handshake_began", default=None)


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM. Verification cannot be switched off: an own authority is as easy, and safe."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """A client's context, TLS 1.2 or newer. Invalid, naming the file, if one cannot be used."""
        context = _Context(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.ca is None:
            context.load_default_certs()
        else:
            _try(lambda: context.load_verify_locations(self.ca), self.ca, "a certificate authority in PEM")
        certificate = self.certificate
        if certificate is not None:
            _try(
                lambda: context.load_cert_chain(certificate, self.key, password=_no_password),
                certificate,
                "a certificate in PEM with a matching, unencrypted key",
            )
        return context


class _Context(ssl.SSLContext):
    """Tells when a handshake begins, so that its time is told apart from TCP's; asyncio offers no other hook."""

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        began = handshake_began.get()
        if began is not None:
            began()
        return super().wrap_bio(*args, **kwargs)


def _try(load: Callable[[], None], path: Path, wanted: str) -> None:
    try:
        load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "cannot be used"
        raise Invalid(
            f"is not {wanted}: {reason}", place=f"file {path}", mend="check the file and its rights"
        ) from None


def _no_password() -> str:
    """OpenSSL would otherwise stop and ask on the terminal."""
    raise ValueError("the key is encrypted")
