"""Posts a message: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.slack.compose import payload, taken
from leeway.channels.slack.settings import Settings
from leeway.net import Client, Credentials, Outside, Request, Secret, parse_url
from leeway.ports.channel import Delivered, Manifest, Message

manifest = Manifest(name="slack", title="Slack", skills=frozenset())


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> SlackChannel:
    """A channel by this webhook, called `title`; reads its address now, connects at the first message."""
    webhook = outside.secrets.read(settings.webhook)
    path = Secret(parse_url(webhook.reveal(), "webhook").raw_path_qs)
    client = settings.sender(outside, Credentials((), (webhook, path)), webhook.reveal())
    return SlackChannel(replace(manifest, title=title), webhook, client)


class SlackChannel:
    """Messages by one webhook. It cannot be told twice from once: a copy is a second message."""

    def __init__(self, facts: Manifest, webhook: Secret, client: Client) -> None:
        self._manifest = facts
        self._webhook = webhook
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        head = {"Content-Type": "application/json; charset=utf-8"}
        request = Request(self._webhook.reveal(), "POST", body=payload(message), headers=head)
        await self._client.read(request, taken)
        return Delivered()

    async def close(self) -> None:
        await self._client.close()
