"""Whom a message reaches, and when: those named at once, and those who stand behind them.

Everybody here was named to the character by a document: a policy names Recipients, a Recipient its fallback and the one
it escalates to. Whoever is not declared is left out; `leeway.spec.policies.untold` tells of it, plan and apply refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from leeway.core.alerting.policy import Severity
from leeway.spec.documents import Recipient
from leeway.spec.library import Library

FALLBACK_S = 60
"""For so long a channel may fail before the fallback is told."""


class Role(StrEnum):
    """Why somebody gets a message: a policy names them, another's channel fails, nobody has taken a page.

    TOGETHER is a message that tells of several others in their place; no route leads to it.
    """

    NAMED = "named"
    FALLBACK = "fallback"
    ESCALATION = "escalation"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Leg:
    """One Recipient on the way, `after_s` after the alert fired.

    A fallback is told unless the one that it `stands_for` has been; an escalation unless somebody has taken the alert.
    What stands for an escalation is both.
    """

    recipient: str
    role: Role = Role.NAMED
    after_s: int = 0
    stands_for: str = ""

    @property
    def at_once(self) -> bool:
        """True for those whom the policy names itself."""
        return self.role is Role.NAMED


def route(names: Iterable[str], severity: Severity, library: Library) -> tuple[Leg, ...]:
    """The way of a message to these Recipients, soonest first; only a page escalates. Nobody twice for one reason."""
    found = (recipient for name in names if (recipient := library.recipient(name)) is not None)
    legs = sorted((leg for one in found for leg in _from(one, severity, library)), key=lambda leg: leg.after_s)
    first: dict[tuple[str, Role, str], Leg] = {}
    for leg in legs:
        first.setdefault((leg.recipient, leg.role, leg.stands_for), leg)
    return tuple(first.values())


def circle(recipient: Recipient, library: Library, then: Callable[[Recipient], str | None]) -> tuple[str, ...]:
    """The names on the way from a Recipient back to itself by `then` (see `fallback_of`), () if it does not return."""
    names = [recipient.metadata.name, *(one.metadata.name for one in _chain(recipient, library, then))]
    last = library.recipient(names[-1])
    back = then(last) if last else None
    return (*names, back) if back == names[0] else ()


def fallback_of(recipient: Recipient) -> str | None:
    """Who is told while the channel fails."""
    return recipient.fallback.name if recipient.fallback else None


def escalation_of(recipient: Recipient) -> str | None:
    """Who is told when nobody takes a page."""
    return recipient.escalation.to.name if recipient.escalation else None


def _from(first: Recipient, severity: Severity, library: Library) -> Iterator[Leg]:
    after_s, one, role = 0, first, Role.NAMED
    for higher in (*(_chain(first, library, escalation_of) if severity is Severity.PAGE else ()), None):
        yield Leg(one.metadata.name, role, after_s)
        before = one.metadata.name
        for number, other in enumerate(_chain(one, library, fallback_of), 1):
            stands_in = Role.FALLBACK if role is Role.NAMED else Role.ESCALATION
            yield Leg(other.metadata.name, stands_in, after_s + number * FALLBACK_S, before)
            before = other.metadata.name
        if higher is not None and one.escalation is not None:
            after_s, one, role = after_s + one.escalation.after_s, higher, Role.ESCALATION


def _chain(first: Recipient, library: Library, then: Callable[[Recipient], str | None]) -> Iterator[Recipient]:
    """Those behind the first, until there is none, or one who was there already."""
    seen = {first.metadata.name}
    name = then(first)
    while name is not None and name not in seen and (one := library.recipient(name)) is not None:
        seen.add(name)
        yield one
        name = then(one)
