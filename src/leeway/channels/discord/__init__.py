"""Discord: a message by a webhook."""

from leeway.channels.discord.channel import DiscordChannel, build, manifest
from leeway.channels.discord.settings import Settings

__all__ = ["DiscordChannel", "Settings", "build", "manifest"]
