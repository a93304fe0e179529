"""Hands a message to an Apprise API server: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.apprise import compose
from leeway.channels.apprise.settings import Settings, checked
from leeway.net import Client, Credentials, Outside, Request, Secret
from leeway.ports.channel import Delivered, Manifest, Message

manifest = Manifest(name="apprise", title="Apprise", skills=frozenset(), pages=False)

_HEAD = {"Content-Type": "application/json", "Accept": "application/json"}


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> AppriseChannel:
    """A channel to one configuration, called `title`; reads its secrets now, connects at the first message."""
    plain = isinstance(settings.key, str)
    key = checked(Secret(settings.key) if isinstance(settings.key, str) else outside.secrets.read(settings.key))
    credentials = settings.credentials(outside.secrets) + Credentials((), () if plain else (key,))
    client = settings.sender(outside, credentials, settings.url, refusal=compose.refusal)
    return AppriseChannel(replace(manifest, title=title), settings, key, client)


class AppriseChannel:
    """Messages by one configuration, never pages. It cannot be told twice from once: a copy is a second message."""

    def __init__(self, facts: Manifest, settings: Settings, key: Secret, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._key = key
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        if refused := compose.page(message):
            raise refused
        url = f"{self._settings.url}/notify/{self._key.reveal()}"
        body = compose.notification(message, self._settings.tags)
        await self._client.read(Request(url, "POST", body=body, headers=_HEAD), compose.taken)
        return Delivered()

    async def close(self) -> None:
        await self._client.close()
