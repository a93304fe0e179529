"""GitLab: an issue for each alert, found again by a mark in its description."""

from leeway.channels.gitlab.channel import GitLabChannel, build, manifest
from leeway.channels.gitlab.settings import Settings

__all__ = ["GitLabChannel", "Settings", "build", "manifest"]
