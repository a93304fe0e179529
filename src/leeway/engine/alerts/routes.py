"""Routes as people look at them before they are needed: who would be told of what, and a message to see it arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leeway.core.alerting.policy import Severity
from leeway.engine.report import rfc3339
from leeway.errors import Invalid, LeewayError, NotFound
from leeway.ports.alerts import Outgoing
from leeway.ports.channel import Event, Message
from leeway.ports.clock import Clock
from leeway.ports.legible import one_line
from leeway.ports.outbox import IDLE_DAYS, Heard, Outbox, Settlement
from leeway.spec.documents import SLO, Kind, Recipient
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.preview import Preview, previews

TEST = "test:"
"""Begins the keys of messages that only try whether somebody can be told."""

_NAME = 100


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of all routes. `refused` is by name of Recipient why nothing would be sent there at present."""

    previews: tuple[Preview, ...]
    heard: Mapping[str, Heard]
    refused: Mapping[str, str]


class Routes:
    """`library` is what is in force now; `admit` raises if a Recipient would be told nothing."""

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        library: Callable[[], Library],
        admit: Callable[[Recipient], object],
    ) -> None:
        self._outbox, self._clock, self._library, self._admit = outbox, clock, library, admit

    async def preview(self, slo: str | None = None, policy: str | None = None) -> Outlook:
        """Of all, or of the SLO and the policy of exactly these names. Raises NotFound, with what was perhaps meant."""
        return await asyncio.to_thread(self._preview, slo, policy)

    async def test(self, name: str, by: str, severity: Severity = Severity.PAGE) -> tuple[str, Recipient]:
        """Puts out a test for the Recipient of exactly this name; the key of the message. Raises NotFound.

        It is tried once, like everything by the one way out: the outbox.
        """
        library, now = self._library(), self._clock.now()
        recipient = library.recipient(name)
        if recipient is None:
            names = library.names(Kind.RECIPIENT)
            mend = did_you_mean(name, names) or f"there are: {', '.join(names) or 'none'}"
            raise NotFound(f"no Recipient is called {name!r}, so nobody was told", mend=mend)
        message = trial(name, one_line(by, _NAME) or "somebody", severity, now)
        settlement = Settlement(post=[Outgoing(name, message, now)])
        await asyncio.to_thread(self._outbox.settle, settlement, now, lease_s=0.0)
        return message.key, recipient

    def _preview(self, slo: str | None, policy: str | None) -> Outlook:
        library = self._library()
        found = of_library(library, slo, policy)
        told = {stop.leg.recipient: stop.recipient for one in found for stop in one.stops}
        heard = self._outbox.heard(self._clock.now() - IDLE_DAYS * 86_400)
        refused = {name: why for name, one in told.items() if (why := self._refusal(one))}
        return Outlook(found, {name: one for name, one in heard.items() if name in told}, refused)

    def _refusal(self, recipient: Recipient) -> str:
        try:
            self._admit(recipient)
        except LeewayError as error:
            return str(error)
        return ""


def of_library(library: Library, slo: str | None = None, policy: str | None = None) -> tuple[Preview, ...]:
    """The routes of these definitions; SLOs that cannot be computed have none. Raises NotFound for a strange name."""
    names = [one.metadata.name for one in library.slos]
    if slo is not None and slo not in names:
        raise NotFound(f"there is no SLO {slo!r}", mend=did_you_mean(slo, names) or "`leeway get slo` lists them")
    found = [each for one in library.slos if slo in (None, one.metadata.name) for each in _of(one, library)]
    policies = {one.policy for one in found}
    if policy is not None and policy not in policies:
        mend = did_you_mean(policy, policies) or f"there are: {', '.join(sorted(policies)) or 'none'}"
        raise NotFound(f"no SLO is watched by an alert policy {policy!r}", mend=mend)
    return tuple(one for one in found if policy in (None, one.policy))


def _of(slo: SLO, library: Library) -> tuple[Preview, ...]:
    try:
        return previews(slo, library)
    except Invalid:  # lint tells why, and health of one that is stored
        return ()


def trial(name: str, by: str, severity: Severity, now: float) -> Message:
    """A message that says of itself that it is a test."""
    lines = (
        f"{by} asked for this test of Leeway. Nothing is wrong, and there is nothing to do.",
        f"It went to the Recipient {name}, and to nobody else.",
        "If it opened something that has to be closed, close it there: Leeway will not.",
    )
    facts = {"asked for by": by, "recipient": name, "at": rfc3339(int(now))}
    title = f"Test: Leeway can tell {name}"
    return Message(f"{TEST}{name}/{now:.3f}", Event.TEST, severity, title, lines, at=now, facts=facts)
