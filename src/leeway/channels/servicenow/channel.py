"""Makes and ends records: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.servicenow import compose
from leeway.channels.servicenow.settings import Settings
from leeway.net import Client, Outside
from leeway.ports.channel import Delivered, Event, Manifest, Message, Skill
from leeway.ports.legible import digest

manifest = Manifest(name="servicenow", title="ServiceNow", skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE}))


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> ServiceNowChannel:
    """A channel to one table, called `title`; reads its secrets now, connects at the first message.

    Without a state it cannot end an alert's record, only say that it is over: then it does not have that skill.
    """
    client = settings.sender(outside, settings.credentials(outside.secrets), settings.url)
    skills = manifest.skills if settings.state else manifest.skills - {Skill.RESOLVE}
    return ServiceNowChannel(replace(manifest, title=title, skills=skills), settings, client)


class ServiceNowChannel:
    """Records of one table."""

    def __init__(self, facts: Manifest, settings: Settings, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        asked = compose.search(self._settings, message)
        known = await self._client.read(asked, lambda answer: compose.found(answer, message))
        if message.event is Event.RESOLVED:
            return await self._end(known, message)
        if known:
            return Delivered(known.number)
        made = await self._client.read(compose.record(self._settings, message), compose.changed)
        kept = made.correlation_id == digest(message.key)
        lost = f"{made.number} did not keep its correlation_id: a copy will make another one"
        return Delivered(made.number, () if kept else (lost,))

    async def close(self) -> None:
        await self._client.close()

    async def _end(self, known: compose.Record | None, message: Message) -> Delivered:
        if known is None:
            return Delivered(notes=("no active record has this alert's correlation_id",))
        now = await self._client.read(compose.end(self._settings, message, known.sys_id), compose.changed)
        wanted = self._settings.state
        stays = f"{known.number} is in state {now.state!r} and not, as asked, {wanted!r}: may the user change it?"
        return Delivered(known.number, (stays,) if wanted and now.state != wanted else ())
