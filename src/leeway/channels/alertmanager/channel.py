"""Tells every peer: the acting part."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from leeway.channels.alertmanager.compose import PATH, alerts, taken
from leeway.channels.alertmanager.settings import Settings
from leeway.errors import LeewayError, Transient
from leeway.net import Client, Outside, Request
from leeway.ports.channel import Delivered, Manifest, Message, Skill
from leeway.ports.clock import Clock

manifest = Manifest(
    name="alertmanager",
    title="Alertmanager",
    skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE, Skill.PAGE}),
    again_s=60.0,
)


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> AlertmanagerChannel:
    """A channel to one cluster, called `title`; reads its secrets now, connects at the first message."""
    client = settings.sender(outside, settings.credentials(outside.secrets), *settings.peers)
    return AlertmanagerChannel(replace(manifest, title=title), settings, client, outside.clock)


class AlertmanagerChannel:
    """Alerts of one cluster. One peer that takes an alert is enough; every other's failure is noted."""

    def __init__(self, facts: Manifest, settings: Settings, client: Client, clock: Clock) -> None:
        self._manifest = facts
        self._settings = settings
        self._client = client
        self._clock = clock

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        body = alerts(message, self._settings.labels, self._settings.holds_s, self._clock.now())
        peers = self._settings.peers
        outcomes = await asyncio.gather(*(self._tell(peer, body) for peer in peers))
        errors = [error for error in outcomes if error is not None]
        if len(errors) < len(peers):
            return Delivered(notes=tuple(str(error) for error in errors))
        raise _of_all(errors)

    async def close(self) -> None:
        await self._client.close()

    async def _tell(self, peer: str, body: bytes) -> LeewayError | None:
        head = {"Content-Type": "application/json"}
        try:
            request = Request(peer + PATH, "POST", body=body, headers=head)
            await self._client.read(request, taken)
        except LeewayError as error:
            return error
        return None


def _of_all(errors: list[LeewayError]) -> LeewayError:
    """One error for a cluster of which no peer took it: a passing one if any is, and in its words what all said."""
    chosen = min(errors, key=_hope)
    others = [str(error) for error in errors if error is not chosen]
    chosen.message = "; ".join([chosen.message, *others])
    return chosen


def _hope(error: LeewayError) -> tuple[bool, float]:
    """Sorts first what is worth the earliest retry."""
    after = error.retry_after_s if isinstance(error, Transient) else None
    return not isinstance(error, Transient), after or 0.0
