"""What a channel to an Apprise API server is told."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from leeway.errors import Invalid
from leeway.net import AccessSettings, Secret, SecretRef, SendSettings, address

Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=100)]
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Settings(SendSettings, AccessSettings):
    """One configuration of a server of your own. It says, and Leeway does not know, which services a tag leads to."""

    url: str = Field(description="Address of the server, as in https://apprise.example.org")
    key: str | SecretRef = Field(description="Key of the configuration, or where it is if whoever knows it may use it")
    tags: list[Tag] = Field(
        min_length=1, max_length=20, description="Services with any of these tags are told; `all` are all of them"
    )

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")


def checked(key: Secret) -> Secret:
    """The key. Invalid if a path could be read from it as another one."""
    if not _KEY.fullmatch(key.reveal()):
        raise Invalid("is no key of a configuration", place="key", mend="letters, digits, - and _, at most 128")
    return key
