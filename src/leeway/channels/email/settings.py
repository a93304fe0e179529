"""What an e-mail channel is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, field_validator

from leeway.net import STRICT, BasicSettings

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})*)")
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


def one_address(text: str) -> str:
    """Exactly one plain address, as `name@example.org`; ValueError for anything else.

    No display names, quotes, comments, lists, groups or routes: what could be read as somebody else is refused.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or len(found["local"]) > 64 or len(found["domain"]) > 253:
        raise ValueError("is not one plain address, as in name@example.org; name each recipient in an entry of its own")
    return text


Address = Annotated[str, AfterValidator(one_address)]


class Settings(BaseModel):
    """A server that takes mail for delivery, and who gets it."""

    model_config = STRICT

    host: str = Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$", description="Name or address of the SMTP server")
    port: int | None = Field(None, ge=1, le=65_535, description="587 for starttls, 465 for implicit, 25 for none")
    tls: Literal["starttls", "implicit", "none"] = Field("starttls", description="none: only to this machine itself")
    ca: Path | None = Field(None, description="PEM file of an own authority")
    login: BasicSettings | None = Field(None, description="User and password")
    sender: Address = Field(description="Address in From, and of the envelope: bounces go there")
    to: list[Address] = Field(min_length=1, max_length=20, description="Exactly these addresses get every message")
    timeout_s: float = Field(15.0, gt=0, le=15, description="Seconds until the server has taken the message")

    @field_validator("to")
    @classmethod
    def _are_different(cls, to: list[str]) -> list[str]:
        if len({address.lower() for address in to}) < len(to):
            raise ValueError("an address is named twice")
        return to

    @property
    def reached_at(self) -> int:
        """The port, or the usual one for this kind of TLS."""
        return self.port or _PORTS[self.tls]
