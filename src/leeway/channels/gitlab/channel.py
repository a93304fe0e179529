"""Makes, closes and comments issues: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.gitlab import compose
from leeway.channels.gitlab.settings import Settings
from leeway.net import Client, Outside, TimeLeft, header
from leeway.ports.channel import ATTEMPT_S, Delivered, Event, Manifest, Message, Skill

manifest = Manifest(name="gitlab", title="GitLab issues", skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE}))

_LOOK_S, _WORDS_S = ATTEMPT_S / 2, ATTEMPT_S - 2
"""By when to make another issue rather than look for it on, and by when all has to be said."""


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
        time = TimeLeft(_WORDS_S)
        known, notes = await self._known(message)
        if message.event is Event.RESOLVED:
            return await self._end(known, message, notes, time)
        if known is not None:
            return Delivered(self._name(known))
        made = await self._client.read(compose.issue(self._settings, message), compose.changed)
        if self._settings.label not in made.labels:
            notes += (f"{self._name(made)} has no labels, so a copy will make another: the token may not set them",)
        return Delivered(self._name(made), notes)

    async def close(self) -> None:
        await self._client.close()

    async def _known(self, message: Message) -> tuple[compose.Issue | None, tuple[str, ...]]:
        """The open issue of the alert, and a note if it was looked for among the newest ones only."""
        time = TimeLeft(_LOOK_S)
        for page in range(1, compose.PAGES + 1):
            issues = await self._client.read(compose.listing(self._settings, page), compose.listed)
            known = compose.among(issues, message)
            if known is not None or len(issues) < compose.A_PAGE:
                return known, ()
            if not time and message.event is not Event.RESOLVED:
                break
        read = page * compose.A_PAGE
        return None, (f"more than {read} issues are open under {self._settings.label!r}: older ones were not read",)

    async def _end(
        self, known: compose.Issue | None, message: Message, notes: tuple[str, ...], time: TimeLeft
    ) -> Delivered:
        """First the state, then the words: an issue that was closed is found no more, so nothing is said twice."""
        if known is None:
            return Delivered(notes=(*notes, "no open issue has this alert's mark"))
        await self._client.read(compose.end(self._settings, known.iid), compose.changed)
        said = self._client.read(compose.comment(self._settings, known.iid, message), compose.commented)
        trouble = await time.trouble(said)
        lost = f"the issue is closed, but its comment was not taken: {trouble}"
        return Delivered(self._name(known), (lost,) if trouble else ())

    def _name(self, issue: compose.Issue) -> str:
        return f"{self._settings.project}#{issue.iid}"
