"""Jira: an issue for each alert, found again by its label."""

from leeway.channels.jira.channel import JiraChannel, build, manifest
from leeway.channels.jira.settings import Settings

__all__ = ["JiraChannel", "Settings", "build", "manifest"]
