"""Posts a message: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.discord.compose import embed, posted
from leeway.channels.discord.settings import Settings, token
from leeway.net import Client, Credentials, Outside, Request, Secret
from leeway.ports.channel import Delivered, Manifest, Message

manifest = Manifest(name="discord", title="Discord", skills=frozenset())


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> DiscordChannel:
    """A channel by this webhook, called `title`; reads its address now, connects at the first message."""
    webhook = outside.secrets.read(settings.webhook)
    client = settings.sender(outside, Credentials((), (token(webhook),)), webhook.reveal())
    return DiscordChannel(replace(manifest, title=title), webhook, client)


class DiscordChannel:
    """Messages by one webhook. It cannot be told twice from once: a copy is a second message."""

    def __init__(self, facts: Manifest, webhook: Secret, client: Client) -> None:
        self._manifest = facts
        self._webhook = webhook
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        url, head = self._webhook.reveal(), {"Content-Type": "application/json"}
        wait = (("wait", "true"),)  # else Discord answers before it has looked, and says no id
        request = Request(url, "POST", wait, body=embed(message), headers=head)
        return Delivered(await self._client.read(request, posted))

    async def close(self) -> None:
        await self._client.close()
