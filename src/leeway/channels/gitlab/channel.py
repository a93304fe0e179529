"""Makes, closes and comments issues: the acting part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from leeway.channels.gitlab import compose
from leeway.channels.gitlab.settings import Settings
from leeway.errors import LeewayError
from leeway.net import Answer, Client, Outside, Request, header
from leeway.ports.channel import Delivered, Event, Manifest, Message, Skill

manifest = Manifest(name="gitlab", title="GitLab issues", skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE}))
T = TypeVar("T")


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> GitLabChannel:
    """A channel to one project, called `title`; reads its token now, connects at the first message."""
    client = settings.sender(outside, header("PRIVATE-TOKEN", outside.secrets.read(settings.token)), settings.url)
    return GitLabChannel(replace(manifest, title=title), settings, client)


class GitLabChannel:
    """Issues of one project."""

    def __init__(self, facts: Manifest, settings: Settings, client: Client) -> None:
        self._manifest = facts
        self._settings = settings
        self._client = client

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        known, notes = await self._known(message)
        if message.event is Event.RESOLVED:
            return await self._end(known, message, notes)
        if known is not None:
            return Delivered(self._name(known))
        made = await self._ask(compose.issue(self._settings, message), compose.changed)
        if self._settings.label not in made.labels:
            notes += (f"{self._name(made)} has no labels, so a copy will make another: the token may not set them",)
        return Delivered(self._name(made), notes)

    async def close(self) -> None:
        await self._client.close()

    async def _known(self, message: Message) -> tuple[compose.Issue | None, tuple[str, ...]]:
        """The open issue of the alert, and a note if it was looked for among the newest ones only."""
        for page in range(1, compose.PAGES + 1):
            issues = await self._ask(compose.listing(self._settings, page), compose.listed)
            known = compose.among(issues, message)
            if known is not None or len(issues) < compose.A_PAGE:
                return known, ()
        most = compose.PAGES * compose.A_PAGE
        return None, (f"more than {most} issues are open under {self._settings.label!r}: older ones were not read",)

    async def _end(self, known: compose.Issue | None, message: Message, notes: tuple[str, ...]) -> Delivered:
        """First the state, then the words: an issue that was closed is found no more, so nothing is said twice."""
        if known is None:
            return Delivered(notes=(*notes, "no open issue has this alert's mark"))
        await self._ask(compose.end(self._settings, known.iid), compose.changed)
        try:
            await self._ask(compose.comment(self._settings, known.iid, message), compose.commented)
        except LeewayError as error:
            return Delivered(self._name(known), (f"the issue is closed, but its comment was not taken: {error}",))
        return Delivered(self._name(known))

    def _name(self, issue: compose.Issue) -> str:
        return f"{self._settings.project}#{issue.iid}"

    async def _ask(self, request: Request, read: Callable[[Answer], T]) -> T:
        answer = await self._client.ask(request)
        try:
            return read(answer)
        except LeewayError as error:
            error.place = self._client.redaction.text(f"{request.method} {request.url}")
            raise
