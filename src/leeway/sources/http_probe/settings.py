"""What an HTTP probe is told of the site that it asks."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from leeway.net import HttpSettings


class Settings(HttpSettings):
    """One site, or with no address any: credentials need one, because they are sent to that site alone."""

    url: str = Field("", description="Address of the site; needed if there are credentials")
    timeout_s: float = Field(10.0, gt=0, le=600, description="Seconds for a whole answer, unless a probe says less")
    tries: int = Field(1, ge=1, le=1, description="Always once: a request made again would hide a failure")

    @model_validator(mode="after")
    def _credentials_have_a_site(self) -> Self:
        if not self.url and (self.basic or self.bearer or self.headers or self.tls.certificate):
            raise ValueError("url is missing: credentials are sent to one site alone")
        return self
