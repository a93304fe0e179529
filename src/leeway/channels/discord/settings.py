"""What a Discord channel is told."""

from __future__ import annotations

import re

from pydantic import Field

from leeway.errors import Invalid
from leeway.net import Secret, SecretRef, SendSettings, parse_url

_PATH = re.compile(r"/api(?:/v\d+)?/webhooks/\d+/(?P<token>.+)")
_FOR_OTHERS = ("/slack", "/github")  # the same webhook for what speaks like them; it answers in their words


class Settings(SendSettings):
    """A webhook of one channel. Whoever knows its address may post there, and may delete it."""

    webhook: SecretRef = Field(description="Where the address is, as in {env: DISCORD_WEBHOOK}")


def token(webhook: Secret) -> Secret:
    """What of the address may stand in no text; its number may. Invalid if it is no address of a webhook."""
    path = parse_url(webhook.reveal(), "webhook").raw_path
    found = _PATH.fullmatch(path)
    if found is None or path.endswith(_FOR_OTHERS):
        mend = "copy it whole from the channel's settings, as in https://discord.com/api/webhooks/1234/…"
        raise Invalid("is no address of a Discord webhook", place="webhook", mend=mend)
    return Secret(found["token"])
