"""What a GitLab channel is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from leeway.net import SecretRef, SendSettings, address

Label = Annotated[str, Field(pattern=r"^[^,\s]([^,\r\n]*[^,\s])?$", max_length=255)]
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"


class Settings(SendSettings):
    """One project. Its token is a personal, project or group access token with the scope *api*."""

    project: str = Field(
        pattern=rf"^([0-9]+|{_PART}(/{_PART})+)$", description="Path or number of the project, as in example/shop"
    )
    token: SecretRef = Field(description="Where the access token is")
    url: str = Field("https://gitlab.com", description="Address of the server")
    label: Label = Field("leeway", description="Label of every issue, by which Leeway looks for its own")
    page: Label | None = Field(None, description="One more label for pages, as in severity::1")
    ticket: Label | None = Field(None, description="One more label for tickets")
    labels: list[Label] = Field(default_factory=list, description="Further labels")
    assignees: list[int] = Field(default_factory=list, max_length=10, description="Numbers of users it is assigned to")
    confidential: bool = Field(False, description="Whether only members of the project may see its issues")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")
