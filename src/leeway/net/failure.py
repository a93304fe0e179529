"""What a broken exchange means, in the words of the error tree."""

from __future__ import annotations

import ssl

import aiohttp

from leeway.errors import LeewayError, NotUnderstood, Permanent, TimedOut, Unreachable
from leeway.net.redact import Redaction


def error_of_failure(failure: Exception, place: str, redaction: Redaction) -> LeewayError:
    """The error for an exchange that did not come to its end."""
    if isinstance(failure, TimeoutError):
        return TimedOut("no whole answer in time", place=place)
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        reason = getattr(failure.certificate_error, "verify_message", "") or "it does not match"
        mend = "renew it, or name the authority that signed it under tls.ca"
        return Permanent(f"its certificate is not trusted: {reason}", place=place, mend=mend)
    if isinstance(failure, (aiohttp.ClientSSLError, ssl.SSLError)):
        return Permanent(f"TLS failed: {_reason(failure, redaction)}", place=place, mend="check tls: and the address")
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        return Unreachable("its name cannot be resolved", place=place, mend="check the address and the DNS")
    if isinstance(failure, aiohttp.ClientPayloadError):
        return Unreachable("the answer broke off", place=place)
    if isinstance(failure, (aiohttp.ClientResponseError, ValueError)):
        return NotUnderstood(f"this is no HTTP: {_reason(failure, redaction)}", place=place, mend="check the address")
    if isinstance(getattr(failure, "os_error", failure), ConnectionRefusedError):
        return Unreachable("nothing listens there", place=place, mend="check that it runs, and its address")
    return Unreachable(_reason(failure, redaction), place=place)


def _reason(failure: Exception, redaction: Redaction) -> str:
    inner = getattr(failure, "os_error", failure)
    reason = getattr(inner, "strerror", None) or getattr(failure, "message", "") or str(failure)
    return redaction.quoted(str(reason) or type(failure).__name__)
