"""Inbox: messages kept in a file on this machine, for trying and for the demo."""

from leeway.channels.inbox.channel import InboxChannel, build, manifest
from leeway.channels.inbox.settings import Settings

__all__ = ["InboxChannel", "Settings", "build", "manifest"]
