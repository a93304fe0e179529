"""What a GitHub channel is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from leeway.net import SecretRef, SendSettings, address

Label = Annotated[str, Field(pattern=r"^[^,\s]([^,\r\n]*[^,\s])?$", max_length=50)]
User = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class Settings(SendSettings):
    """One repository. Its token must be one that may write issues, and nothing else."""

    repository: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*$",
        description="As in example/shop",
    )
    token: SecretRef = Field(description="Where the token is: fine-grained, with Issues: read and write")
    url: str = Field(
        "https://api.github.com",
        description="Address of the API; of an own GitHub Enterprise Server https://github.example.org/api/v3",
    )
    label: Label = Field("leeway", description="Label of every issue, by which Leeway looks for its own")
    page: Label | None = Field(None, description="One more label for pages")
    ticket: Label | None = Field(None, description="One more label for tickets")
    labels: list[Label] = Field(default_factory=list, description="Further labels")
    assignees: list[User] = Field(default_factory=list, max_length=10, description="Whom an issue is assigned to")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")
