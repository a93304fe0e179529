"""Settings that every source and channel over HTTP has, and how any settings are read from what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from leeway.errors import Invalid
from leeway.net.auth import Credentials, basic, bearer, header
from leeway.net.client import Client, Refusal
from leeway.net.egress import parse_url
from leeway.net.exchange import Limits, Retries
from leeway.net.outcome import error_of_status
from leeway.net.outside import Outside
from leeway.net.secret import SecretRef, Secrets
from leeway.net.tls import Tls

STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
S = TypeVar("S", bound=BaseModel)


class BasicSettings(BaseModel):
    """User and password (RFC 7617)."""

    model_config = STRICT

    user: str = Field(min_length=1)
    password: SecretRef


class TlsSettings(BaseModel):
    """PEM files: an own authority, and a client's certificate with its key."""

    model_config = STRICT

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def files(self, secrets: Secrets) -> Tls:
        """The files themselves, if an admin listed them."""
        files = (self.ca, self.certificate, self.key)
        return Tls(*(None if file is None else secrets.path(file) for file in files))


class AccessSettings(BaseModel):
    """As whom to ask."""

    model_config = STRICT

    basic: BasicSettings | None = Field(None, description="User and password")
    bearer: SecretRef | None = Field(None, description="Token, sent as Authorization: Bearer")
    headers: dict[str, SecretRef] = Field(default_factory=dict, description="Further headers with secret values")

    def credentials(self, secrets: Secrets) -> Credentials:
        """What to send; reads the secrets now. Invalid or Forbidden, naming what is wrong."""
        credentials = Credentials()
        if self.basic is not None and self.bearer is not None:
            raise Invalid("name one of them, not both", place="basic, bearer", mend="remove one")
        if self.basic is not None:
            credentials += basic(self.basic.user, secrets.read(self.basic.password))
        if self.bearer is not None:
            credentials += bearer(secrets.read(self.bearer))
        for name, ref in self.headers.items():
            credentials += header(name, secrets.read(ref))
        return credentials


class SendSettings(BaseModel):
    """How to send to somebody over HTTP: once, without redirects, and soon, since others wait for their turn."""

    model_config = STRICT

    tls: TlsSettings = Field(default_factory=TlsSettings, description="Own authority, client certificate")
    timeout_s: float = Field(10.0, gt=0, le=15, description="Seconds for a whole answer")

    def sender(
        self, outside: Outside, credentials: Credentials, *urls: str, refusal: Refusal = error_of_status
    ) -> Client:
        """A client that tries once, and never talks to Leeway itself.

        Forbidden if that, or another reason not to go to one of the `urls`, can be told from the address alone:
        better now than when somebody has to be woken.
        """
        egress = replace(outside.egress, own=outside.own)
        for url in urls:
            egress.judge_url(parse_url(url))
        return Client(
            egress,
            outside.clock,
            credentials=credentials,
            tls=self.tls.files(outside.secrets),
            limits=Limits(self.timeout_s, self.timeout_s, 1 << 20, redirects=0),
            retries=Retries(1),
            fresh=True,  # messages are rare: a connection kept from the last one may be dead
            refusal=refusal,
        )


class HttpSettings(AccessSettings):
    """Where to ask, as whom, and how patient to be."""

    url: str = Field(description="Address of the server, as in https://prometheus.example:9090")
    tls: TlsSettings = Field(default_factory=TlsSettings, description="Own authority, client certificate")
    timeout_s: float = Field(30.0, gt=0, le=600, description="Seconds for a whole answer")
    connect_timeout_s: float = Field(10.0, gt=0, le=60, description="Seconds to connect")
    tries: int = Field(3, ge=1, le=10, description="How often to ask when the world is in the way")
    largest_answer: int = Field(16 << 20, gt=0, description="Bytes of one answer, unpacked")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")

    def client(self, outside: Outside, *, fresh: bool = False, redirects: int = 3) -> Client:
        """A client by these settings; reads the secrets now. Invalid or Forbidden, naming what is wrong."""
        return Client(
            outside.egress,
            outside.clock,
            credentials=self.credentials(outside.secrets),
            tls=self.tls.files(outside.secrets),
            limits=Limits(
                min(self.connect_timeout_s, self.timeout_s), self.timeout_s, self.largest_answer, redirects=redirects
            ),
            retries=Retries(self.tries),
            fresh=fresh,
        )


def address(url: str) -> str:
    """For validators: the URL as it is; ValueError with a mend if nobody can be asked there."""
    try:
        parse_url(url)
    except Invalid as error:
        raise ValueError(f"{error.message} — {error.mend}") from None
    return url


def read_settings(model: type[S], tree: Mapping[str, Any], place: str = "") -> S:
    """The settings, or Invalid with every fault and no input: what stands in the wrong place may be a secret."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_input=False, include_context=False, include_url=False)
        ]
        known = ", ".join(model.model_fields)
        raise Invalid("; ".join(faults), place=place, mend=f"its settings are {known}") from None
