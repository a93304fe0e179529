"""Makes, moves and comments issues: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.jira import compose
from leeway.channels.jira.settings import Settings
from leeway.net import Client, Outside, TimeLeft
from leeway.ports.channel import ATTEMPT_S, Delivered, Event, Manifest, Message, Skill

manifest = Manifest(name="jira", title="Jira", skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE}))

_WORDS_S = ATTEMPT_S - 2
"""By when all has to be said."""


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> JiraChannel:
    """A channel to one project, called `title`; reads its secrets now, connects at the first message.

    Without a transition it cannot end an alert's issue, only say that it is over: then it does not have that skill.
    """
    client = settings.sender(outside, settings.credentials(outside.secrets), settings.url)
    skills = manifest.skills if settings.transition else manifest.skills - {Skill.RESOLVE}
    return JiraChannel(replace(manifest, title=title, skills=skills), settings, client)


class JiraChannel:
    """Issues of one project."""

    def __init__(self, facts: Manifest, settings: Settings, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        time = TimeLeft(_WORDS_S)
        key = await self._client.read(compose.search(self._settings, message), compose.found)
        if message.event is Event.RESOLVED:
            none = Delivered(notes=("no open issue has this alert's label",))
            return await self._over(key, message, time) if key else none
        return Delivered(key or await self._client.read(compose.issue(self._settings, message), compose.made))

    async def close(self) -> None:
        await self._client.close()

    async def _over(self, key: str, message: Message, time: TimeLeft) -> Delivered:
        """First the state, then the words: an issue that was closed is found no more, so nothing is said twice."""
        name = self._settings.transition
        offered = await self._client.read(compose.ways(self._settings, key), compose.offered) if name else {}
        if name not in offered:
            await self._client.read(compose.release(self._settings, key, message), compose.nothing)
            return Delivered(key, (self._no_way(key, name, offered),) if name else ())
        await self._client.read(compose.move(self._settings, key, offered[name]), compose.nothing)
        trouble = await time.trouble(
            self._client.read(compose.comment(self._settings, key, message), compose.commented)
        )
        return Delivered(key, (f"{key} is closed, but its comment was not taken: {trouble}",) if trouble else ())

    def _no_way(self, key: str, name: str, offered: dict[str, str]) -> str:
        others = self._client.redaction.quoted(", ".join(offered)) or "none"
        return f"{key} stays open: from where it is there is no transition called {name!r}, only {others}"
