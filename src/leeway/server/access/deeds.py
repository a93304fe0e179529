"""What is done by whoever asks, for the parts that the engine does not see: under their own name, with a line in the
audit log."""

from __future__ import annotations

from dataclasses import dataclass, replace

from leeway.engine.people import People
from leeway.server.access.asking import asking, name_of


@dataclass(frozen=True, slots=True)
class Deeds:
    """Of one request at a time."""

    people: People

    def by(self, told: str) -> str:
        """Who does it: whom the gate knows by name, else who they say they are."""
        return name_of(asking(), told)

    async def note(self, what: str, subject: str, before: str, after: str, by: str = "") -> None:
        """Keeps it; whoever has no name is called as they say."""
        doer = asking()
        told = doer if doer.who.name or not by else replace(doer, who=replace(doer.who, name=by))
        await self.people.note(told, [(what, subject, before, after)])
