"""E-mail: SMTP with TLS, to named addresses and nobody else; a resolution answers its alert."""

from leeway.channels.email.channel import EmailChannel, build, manifest
from leeway.channels.email.settings import Settings

__all__ = ["EmailChannel", "Settings", "build", "manifest"]
