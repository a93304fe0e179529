"""Slack: a message by an incoming webhook."""

from leeway.channels.slack.channel import SlackChannel, build, manifest
from leeway.channels.slack.settings import Settings

__all__ = ["Settings", "SlackChannel", "build", "manifest"]
