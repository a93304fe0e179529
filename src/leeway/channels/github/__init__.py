"""GitHub: an issue for each alert, found again by a mark in its text."""

from leeway.channels.github.channel import GitHubChannel, build, manifest
from leeway.channels.github.settings import Settings

__all__ = ["GitHubChannel", "Settings", "build", "manifest"]
