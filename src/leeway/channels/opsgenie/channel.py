"""Opens and closes alerts: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.opsgenie.compose import accepted, alias, path, request
from leeway.channels.opsgenie.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.net import Client, Credentials, Outside, Request, Secret
from leeway.ports.channel import Delivered, Event, Manifest, Message, Skill

manifest = Manifest(
    name="opsgenie",
    title="Opsgenie, Jira Service Management",
    skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE, Skill.PAGE}),
)


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> OpsgenieChannel:
    """A channel to one integration, called `title`; reads its key now, connects at the first message."""
    key = outside.secrets.read(settings.api_key)
    credentials = Credentials((("Authorization", Secret(f"GenieKey {key.reveal()}")),), (key,))
    client = settings.sender(outside, credentials, settings.url)
    return OpsgenieChannel(replace(manifest, title=title), settings, client)


class OpsgenieChannel:
    """Alerts of one integration. Its rules, not Leeway, say which team is woken."""

    def __init__(self, facts: Manifest, settings: Settings, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        url = self._settings.url + path(message)
        head = {"Content-Type": "application/json"}
        body = request(message, self._priority(message))
        await self._client.read(Request(url, "POST", body=body, headers=head), accepted)
        return Delivered(alias(message))

    async def close(self) -> None:
        await self._client.close()

    def _priority(self, message: Message) -> str:
        if message.event is Event.HEARTBEAT:
            return "P5"
        return self._settings.page if message.severity is Severity.PAGE else self._settings.ticket
