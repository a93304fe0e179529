"""What a webhook is told."""

from __future__ import annotations

from pydantic import Field, field_validator

from leeway.net import AccessSettings, SecretRef, SendSettings, address


class Settings(SendSettings, AccessSettings):
    """An address that takes a POST. Where the address itself is the secret, name where it is: `url: {env: NAME}`."""

    url: str | SecretRef = Field(description="Address, or where it is if whoever knows it may use it")
    secret: SecretRef | None = Field(None, description="Key of the HMAC-SHA256 signature; whsec_… is taken as base64")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str | SecretRef) -> str | SecretRef:
        return address(url) if isinstance(url, str) else url
