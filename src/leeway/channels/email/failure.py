"""What a failed conversation by SMTP means, in the words of the error tree. Pure."""

from __future__ import annotations

import ssl

from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from leeway.errors import Denied, LeewayError, Permanent, TimedOut, Transient, Unreachable
from leeway.net import Redaction

_WANTS_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954


def error_of(failure: Exception, place: str, redaction: Redaction) -> LeewayError:
    """The error for a mail that was not taken: 4yz may pass (RFC 5321), 5yz needs a person."""
    if isinstance(failure, SMTPRecipientsRefused):
        words = "; ".join(said(one, redaction) for one in failure.recipients)
        passing = any(400 <= one.code < 500 for one in failure.recipients)
        return Transient(words, place=place) if passing else Permanent(words, place=place, mend="check the addresses")
    if isinstance(failure, SMTPResponseException):
        return _of_response(failure, place, redaction)
    if isinstance(failure, TimeoutError):
        return TimedOut("the server did not take the mail in time", place=place)
    cause = failure if isinstance(failure, ssl.SSLError) else failure.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        mend = "renew it, or name the authority that signed it under ca"
        return Permanent(f"its certificate is not trusted: {cause.verify_message}", place=place, mend=mend)
    if isinstance(cause, ssl.SSLError):
        reason = redaction.quoted(str(cause.reason or cause))
        return Permanent(f"TLS failed: {reason}", place=place, mend="check tls: and the port")
    if isinstance(failure, OSError):
        return Unreachable("the connection broke", place=place)
    words = redaction.quoted(str(failure))
    if isinstance(failure, SMTPNotSupported | SMTPException):
        return Permanent(words, place=place, mend="check tls:, login: and what the server offers")
    return Permanent(f"this is no SMTP: {words}", place=place, mend="check host and port")


def said(refusal: SMTPResponseException, redaction: Redaction) -> str:
    """What the server said, with the recipient it said it of."""
    whom = f"{recipient}: " if (recipient := getattr(refusal, "recipient", "")) else ""
    return f"{whom}{refusal.code} {redaction.quoted(refusal.message)}"


def _of_response(failure: SMTPResponseException, place: str, redaction: Redaction) -> LeewayError:
    message = f"the server says {said(failure, redaction)}"
    if 400 <= failure.code < 500:
        return Transient(message, place=place)
    if isinstance(failure, SMTPAuthenticationError) or failure.code in _WANTS_LOGIN:
        return Denied(message, place=place, mend="check login:")
    if failure.code < 0:
        return Permanent(f"this is no SMTP: {redaction.quoted(failure.message)}", place=place, mend="check host, port")
    return Permanent(message, place=place, mend="ask the owner of the server why")
