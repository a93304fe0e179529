"""Webhook: a CloudEvent by POST, signed, with a key by which copies are known."""

from leeway.channels.webhook.channel import WebhookChannel, build, manifest
from leeway.channels.webhook.compose import envelope
from leeway.channels.webhook.settings import Settings

__all__ = ["Settings", "WebhookChannel", "build", "envelope", "manifest"]
