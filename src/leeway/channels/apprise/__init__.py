"""Apprise: messages to whatever an Apprise API server of your own reaches, never pages."""

from leeway.channels.apprise.channel import AppriseChannel, build, manifest
from leeway.channels.apprise.settings import Settings

__all__ = ["AppriseChannel", "Settings", "build", "manifest"]
