"""What happened between two looks at the engine: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel

from leeway.client.documents import Job as JobDocument
from leeway.client.events import AlertNews, Tick, Turned
from leeway.engine.views import Status
from leeway.ports.alerts import Alert
from leeway.ports.state import Job, slo_of
from leeway.server.api import shapes


@dataclass(frozen=True, slots=True)
class Look:
    """The engine at one moment. `up` are the keys of alerts that are not over; `alerts` holds these and the newest."""

    head: int
    evaluated_at: float | None
    statuses: tuple[Status, ...]
    alerts: Mapping[str, Alert]
    up: frozenset[str]
    jobs: Mapping[int, Job]


News = tuple[str, BaseModel]
"""The name of an event, and its data."""


def tick(look: Look, turned: list[Turned]) -> News:
    """Where the engine stands."""
    moment = shapes.moment
    return "tick", Tick.model_validate(
        {"head": moment(look.head), "evaluated_at": moment(look.evaluated_at), "turned": turned}
    )


def part(data: BaseModel, sees: Callable[[str], bool]) -> BaseModel | None:
    """What of an event is about SLOs that somebody sees; None if nothing is."""
    match data:
        case Tick():
            return data.model_copy(update={"turned": [one for one in data.turned if sees(one.slo)]})
        case AlertNews():
            return data if sees(data.alert.slo) else None
        case JobDocument():
            return data if sees(slo_of(data.subject)) else None
    return None


def happened(before: Look, after: Look) -> Iterator[News]:
    """First the evaluation, then alerts in the order in which they fired, then jobs."""
    turned = [] if before.statuses is after.statuses else _turned(before, after)
    if turned or (before.head, before.evaluated_at) != (after.head, after.evaluated_at):
        yield tick(after, turned)
    yield from _alerts(before, after)
    for number, job in sorted(after.jobs.items()):
        if before.jobs.get(number) != job:
            yield "job", shapes.job(job)


def _turned(before: Look, after: Look) -> list[Turned]:
    old, new = (
        {(one.slo, one.assessment.objective.name): one.assessment.health.value for one in look.statuses}
        for look in (before, after)
    )
    return [
        Turned.model_validate(
            {"slo": slo, "objective": name, "before": old.get((slo, name)), "after": new.get((slo, name))}
        )
        for slo, name in dict.fromkeys([*new, *old])
        if old.get((slo, name)) != new.get((slo, name))
    ]


def _alerts(before: Look, after: Look) -> Iterator[News]:
    newest = max((one.fired_at for one in before.alerts.values()), default=0)
    for key in sorted(after.alerts.keys() | before.up, key=lambda key: _of(key, before, after).fired_at):
        now, was = _of(key, before, after), before.alerts.get(key)
        if was is None and key not in after.up and now.fired_at < newest:
            continue  # it was over long ago, and came into sight because younger ones left the list
        told = []
        if was is None:
            told.append("fired")
        if now.acknowledged_at is not None and (was is None or was.acknowledged_at is None):
            told.append("taken")
        if key not in after.up and (was is None or key in before.up):
            told.append("resolved")
        for what in told:
            yield "alert", AlertNews.model_validate({"what": what, "alert": shapes.alert(now)})


def _of(key: str, before: Look, after: Look) -> Alert:
    """One that is over and too old for the list ended at the latest by this evaluation."""
    return after.alerts[key] if key in after.alerts else replace(before.alerts[key], resolved_at=after.head)
