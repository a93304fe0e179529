"""Microsoft Teams: an Adaptive Card by the webhook of a workflow."""

from leeway.channels.teams.channel import TeamsChannel, build, manifest
from leeway.channels.teams.settings import Settings

__all__ = ["Settings", "TeamsChannel", "build", "manifest"]
