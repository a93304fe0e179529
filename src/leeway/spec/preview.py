"""Who would be woken: every way that leads from an SLO by a policy to people, with their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leeway.core.alerting.policy import Severity
from leeway.spec.documents import SLO, Recipient
from leeway.spec.library import Library
from leeway.spec.people import all_of
from leeway.spec.plan import compile_slo
from leeway.spec.policies import watches_for
from leeway.spec.routes import Leg


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody on the way: why and when he is told, and who he is."""

    leg: Leg
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Preview:
    """One policy of one SLO, and those whom it tells, soonest first; without any, its alerts are only shown."""

    slo: str
    policy: str
    severity: Severity
    stops: tuple[Stop, ...]

    @property
    def at_once(self) -> int | None:
        """How many people are told at once, None if the number of one Recipient is unknown."""
        return _people(stop for stop in self.stops if stop.leg.at_once)

    @property
    def people(self) -> int | None:
        """How many in all, if everybody has to be told; nobody is counted twice."""
        return _people(self.stops)


def previews(slo: SLO, library: Library) -> tuple[Preview, ...]:
    """Every policy that watches one of its objectives, once. Raises Invalid for an SLO that cannot be computed."""
    name, found = slo.metadata.name, dict[str, Preview]()
    for item in compile_slo(slo, library).items:
        for watch in watches_for(slo, item.objective, library):
            stops = tuple(
                Stop(leg, one) for leg in watch.route if (one := library.recipient(leg.recipient)) is not None
            )
            found.setdefault(watch.policy.name, Preview(name, watch.policy.name, watch.policy.severity, stops))
    return tuple(found.values())


def _people(stops: Iterable[Stop]) -> int | None:
    return all_of({stop.recipient.metadata.name: stop.recipient for stop in stops}.values())
