"""Sends an event: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.pagerduty.compose import event, incident
from leeway.channels.pagerduty.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.net import Client, Credentials, Outside, Request, Secret
from leeway.ports.channel import Delivered, Event, Manifest, Message, Skill

manifest = Manifest(
    name="pagerduty",
    title="PagerDuty",
    skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE, Skill.PAGE}),
)


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> PagerDutyChannel:
    """A channel to one integration, called `title`; reads its key now, connects at the first message."""
    key = outside.secrets.read(settings.routing_key)
    client = settings.sender(outside, Credentials((), (key,)), settings.url)
    return PagerDutyChannel(replace(manifest, title=title), settings, key, client)


class PagerDutyChannel:
    """Incidents of one service."""

    def __init__(self, facts: Manifest, settings: Settings, key: Secret, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._key = key
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        body = event(message, self._key.reveal(), self._level(message))
        head = {"Content-Type": "application/json"}
        request = Request(self._settings.url, "POST", body=body, headers=head)
        return Delivered(await self._client.read(request, incident))

    async def close(self) -> None:
        await self._client.close()

    def _level(self, message: Message) -> str:
        if message.event is Event.HEARTBEAT:
            return "info"
        return self._settings.page if message.severity is Severity.PAGE else self._settings.ticket
