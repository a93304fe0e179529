"""How Leeway reaches the world: one guarded HTTP client, and secrets that never show themselves."""

from leeway.net.auth import Credentials, basic, bearer, header
from leeway.net.client import Client
from leeway.net.decode import read_json
from leeway.net.dial import dial
from leeway.net.egress import Egress, parse_url
from leeway.net.exchange import Answer, Limits, Request, Retries, Timings
from leeway.net.outcome import error_of_status
from leeway.net.outside import Outside
from leeway.net.redact import Redaction
from leeway.net.secret import Secret, SecretRef, Secrets
from leeway.net.settings import (
    STRICT,
    AccessSettings,
    BasicSettings,
    HttpSettings,
    SendSettings,
    TlsSettings,
    address,
    read_settings,
)
from leeway.net.time_left import TimeLeft
from leeway.net.tls import Tls

__all__ = [
    "STRICT",
    "AccessSettings",
    "Answer",
    "BasicSettings",
    "Client",
    "Credentials",
    "Egress",
    "HttpSettings",
    "Limits",
    "Outside",
    "Redaction",
    "Request",
    "Retries",
    "Secret",
    "SecretRef",
    "Secrets",
    "SendSettings",
    "TimeLeft",
    "Timings",
    "Tls",
    "TlsSettings",
    "address",
    "basic",
    "bearer",
    "dial",
    "error_of_status",
    "header",
    "parse_url",
    "read_json",
    "read_settings",
]
