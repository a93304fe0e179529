"""What a Jira channel is told."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from leeway.net import AccessSettings, SendSettings, address

Label = Annotated[str, Field(pattern=r"^\S+$", max_length=255)]
OWN = frozenset({"project", "issuetype", "summary", "description", "labels", "priority"})


class Settings(SendSettings, AccessSettings):
    """One project, and what its issues need. On Jira Cloud `basic` holds an e-mail address and an API token, on Data
    Center `bearer` a personal access token."""

    url: str = Field(description="Address of the site, as in https://example.atlassian.net")
    edition: Literal["cloud", "data-center"] = Field("cloud", description="Which Jira it is: the two differ")
    project: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=255, description="Key of the project")
    issue_type: str = Field("Task", min_length=1, description="Name of the type of its issues")
    labels: list[Label] = Field(default_factory=lambda: ["leeway"], description="Labels of every issue")
    page: str = Field("", description="Priority of a page, by name; left out: the project's own")
    ticket: str = Field("", description="Priority of a ticket, by name")
    fields: dict[str, Any] = Field(default_factory=dict, description="Further fields of an issue, as Jira wants them")
    transition: str = Field("", description="Name of the transition that closes an issue; left out: it gets a comment")
    transition_fields: dict[str, Any] = Field(default_factory=dict, description="Fields that the transition asks for")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        return address(url).rstrip("/")

    @field_validator("fields")
    @classmethod
    def _are_free(cls, fields: dict[str, Any]) -> dict[str, Any]:
        if taken := OWN & fields.keys():
            raise ValueError(f"Leeway itself sets {', '.join(sorted(taken))}")
        return fields
