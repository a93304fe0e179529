"""Opsgenie and Jira Service Management: alerts opened and closed by Alert API v2."""

from leeway.channels.opsgenie.channel import OpsgenieChannel, build, manifest
from leeway.channels.opsgenie.settings import Settings

__all__ = ["OpsgenieChannel", "Settings", "build", "manifest"]
