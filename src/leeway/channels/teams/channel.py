"""Starts the workflow that posts a card: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.teams.compose import post, taken
from leeway.channels.teams.settings import Settings, hidden
from leeway.net import Client, Credentials, Outside, Request, Secret
from leeway.ports.channel import Delivered, Manifest, Message

manifest = Manifest(name="teams", title="Microsoft Teams", skills=frozenset())


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> TeamsChannel:
    """A channel by this workflow, called `title`; reads its address now, connects at the first message."""
    webhook = outside.secrets.read(settings.webhook)
    client = settings.sender(outside, Credentials((), hidden(webhook)), webhook.reveal())
    return TeamsChannel(replace(manifest, title=title), webhook, client)


class TeamsChannel:
    """Cards by one workflow. It cannot be told twice from once: a copy is a second card."""

    def __init__(self, facts: Manifest, webhook: Secret, client: Client) -> None:
        self._manifest = facts
        self._webhook = webhook
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        head = {"Content-Type": "application/json; charset=utf-8"}
        request = Request(self._webhook.reveal(), "POST", body=post(message), headers=head)
        return Delivered(await self._client.read(request, taken))

    async def close(self) -> None:
        await self._client.close()
