"""Alerts, silences, routes and annotations, as whoever asks may see them and act on them."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from leeway.core.alerting.policy import Severity
from leeway.core.alerting.silence import Silence
from leeway.engine.alerts.routes import TEST, Outlook
from leeway.engine.alerts.silences import Silenced, SilenceWish
from leeway.engine.alerts.watch import Watched
from leeway.engine.charts.annotations import AnnotationWish
from leeway.engine.people import Action, Doer
from leeway.engine.people.people import Deed
from leeway.errors import NotFound
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.decisions import Decision
from leeway.ports.outbox import Delivery, Waiting
from leeway.server.access.asking import asking, everywhere, may, name_of
from leeway.server.access.gate import refused
from leeway.server.engine_port import AnnotationsPort, EnginePort, RoutesPort, SilencesPort
from leeway.spec.documents import Kind, Recipient
from leeway.spec.projects import DEFAULT

Sees = Callable[[str], bool]
Ensure = Callable[[Action, str], None]
Note = Callable[[Doer, str, Iterable[Deed]], Awaitable[None]]

SEARCHED = 10_000
"""The newest alerts, of which those who see a part are shown theirs."""


class SightAlarm:
    """An `AlarmPort`. `sees` and `ensure` are about SLOs; `note` keeps what was done."""

    def __init__(self, engine: EnginePort, sees: Sees, ensure: Ensure, note: Note) -> None:
        self._alarm, self._sees, self._ensure, self._note = engine.alarm, sees, ensure, note
        self._silences = _Silences(engine.alarm.silences, sees, ensure, note)
        self._routes = _Routes(engine, sees, note)

    @property
    def routes(self) -> RoutesPort:
        """Of the SLOs that they see."""
        return self._routes

    @property
    def silences(self) -> SilencesPort:
        """Those that may be about what they see."""
        return self._silences

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Of the SLOs that they see."""
        return tuple(one for one in self._alarm.watched if self._sees(one.goal.slo))

    async def alert(self, key: str) -> Alert | None:
        """None also for one of an SLO that they do not see."""
        found = await self._alarm.alert(key)
        return found if found is not None and self._sees(found.slo) else None

    async def alerts(self, slo: str | None, *, up: bool, limit: int) -> tuple[Alert, ...]:
        """Of the SLOs that they see."""
        if everywhere(Action.READ):
            return await self._alarm.alerts(slo, up=up, limit=limit)
        found = await self._alarm.alerts(slo, up=up, limit=max(limit, SEARCHED))
        return tuple(one for one in found if self._sees(one.slo))[:limit]

    async def decisions(self, alerts: Sequence[Alert]) -> tuple[Decision, ...]:
        """About alerts that were shown."""
        return await self._alarm.decisions(alerts)

    async def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """NotFound also for an alert that they do not see; a test's are for whoever has its key."""
        found = await self._alarm.alert(key)
        if found is not None and not self._sees(found.slo):
            raise _no_alert(key)
        return await self._alarm.deliveries(key)

    async def told(self, keys: Sequence[str]) -> tuple[Delivery, ...]:
        """Of alerts that they see, and of tests whose key they have."""
        return await self._shown(await self._alarm.told(keys))

    async def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """Of alerts that they see, and tests."""
        return await self._shown(await self._alarm.newest(each=each))

    async def waiting(self) -> Waiting:
        """Numbers alone."""
        return await self._alarm.waiting()

    async def acknowledge(self, key: str, by: str) -> tuple[Alert, ...]:
        """By the name that is known. What was told together is taken together, also where they see a part of it."""
        doer = asking()
        by = name_of(doer, by)
        found = await self._alarm.alert(key) or await self._alarm.alert(key.rpartition("/")[0])
        if found is not None and not self._sees(found.slo):
            raise _no_alert(key)
        if found is not None:
            self._ensure(Action.OPERATE, found.slo)
        elif not everywhere(Action.OPERATE):
            raise _no_alert(key)
        taken = await self._alarm.acknowledge(key, by)
        await self._note(doer, by, [("alert.acknowledge", one.key, "", by) for one in taken])
        return tuple(one for one in taken if self._sees(one.slo))

    async def _shown(self, found: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
        """What tells of several alerts at once is for those who see all."""
        if everywhere(Action.READ):
            return found
        alerts = {key: await self._alarm.alert(key) for key in {one.key for one in found}}
        seen = {key for key, alert in alerts.items() if key.startswith(TEST) or (alert and self._sees(alert.slo))}
        return tuple(one for one in found if one.key in seen)


class _Silences:
    def __init__(self, silences: SilencesPort, sees: Sees, ensure: Ensure, note: Note) -> None:
        self._silences, self._sees, self._ensure, self._note = silences, sees, ensure, note

    async def add(self, wish: SilenceWish, *, dry_run: bool = False) -> Silenced:
        """Who may not silence everywhere names an SLO of theirs."""
        self._ensure_about(wish.scope.slo)
        doer = asking()
        who = name_of(doer, wish.who)
        made = await self._silences.add(replace(wish, who=who), dry_run=dry_run)
        if not dry_run:
            silence = made.silence
            await self._note(doer, who, [("silence.add", f"silence {silence.number}", "", _told(silence))])
        seen = tuple(one for one in made.slos if self._sees(one))
        return replace(made, slos=seen, alerts=tuple(one for one in made.alerts if self._sees(one.slo)))

    async def end(self, number: int, by: str) -> Silence:
        """As it may be added."""
        doer = asking()
        before = next((one for one in await self._silences.silences(over=True) if one.number == number), None)
        if before is not None:
            if not self._shown(before):
                raise NotFound(
                    f"there is no silence {number}", mend="`leeway silence list --all` has those you may see"
                )
            self._ensure_about(before.scope.slo)
        by = name_of(doer, by)
        ended = await self._silences.end(number, by)
        if before is not None:
            await self._note(doer, by, [("silence.end", f"silence {number}", _told(before), _told(ended))])
        return ended

    async def silences(self, *, over: bool = False) -> tuple[Silence, ...]:
        """Those that name an SLO that they see, or none: these may be about theirs."""
        return tuple(one for one in await self._silences.silences(over=over) if self._shown(one))

    def _shown(self, one: Silence) -> bool:
        return not one.scope.slo or self._sees(one.scope.slo)

    def _ensure_about(self, slo: str) -> None:
        if slo:
            self._ensure(Action.OPERATE, slo)
        elif not everywhere(Action.OPERATE):
            raise refused(Action.OPERATE, "*: name the SLO")


class _Routes:
    def __init__(self, engine: EnginePort, sees: Sees, note: Note) -> None:
        self._engine, self._routes, self._sees, self._note = engine, engine.alarm.routes, sees, note

    async def preview(self, slo: str | None = None, policy: str | None = None) -> Outlook:
        """Of the SLOs that they see."""
        if slo is not None and not self._sees(slo):
            raise NotFound(f"there is no SLO {slo!r}", mend="`leeway status` lists those that you may see")
        found = await self._routes.preview(slo, policy)
        if everywhere(Action.READ):
            return found
        shown = tuple(one for one in found.previews if self._sees(one.slo))
        names = {stop.recipient.metadata.name for one in shown for stop in one.stops}
        heard = {name: each for name, each in found.heard.items() if name in names}
        return Outlook(shown, heard, {name: why for name, why in found.refused.items() if name in names})

    async def test(self, name: str, by: str, severity: Severity) -> tuple[str, Recipient]:
        """Where the Recipient's project may be operated."""
        doer = asking()
        project = self._engine.library.project(Kind.RECIPIENT, name)
        if not may(Action.OPERATE, project or DEFAULT):
            raise refused(Action.OPERATE, project or DEFAULT)
        by = name_of(doer, by)
        done = await self._routes.test(name, by, severity)
        await self._note(doer, by, [("route.test", f"Recipient {name}", "", done[0])])
        return done


class SightAnnotations:
    """An `AnnotationsPort`: the gate knows the SLO; here it is said by whom."""

    def __init__(self, annotations: AnnotationsPort, note: Note) -> None:
        self._annotations, self._note = annotations, note

    async def add(self, slo: str, wish: AnnotationWish) -> Annotation:
        """By the name that is known."""
        doer = asking()
        by = name_of(doer, wish.by)
        made = await self._annotations.add(slo, replace(wish, by=by))
        await self._note(doer, by, [("annotation.add", f"SLO {slo}", "", made.text)])
        return made

    async def remove(self, slo: str, number: int) -> Annotation:
        """Told with what it said."""
        gone = await self._annotations.remove(slo, number)
        await self._note(asking(), "", [("annotation.remove", f"SLO {slo}", gone.text, "")])
        return gone

    async def annotations(self, slo: str, start: float = -math.inf, end: float = math.inf) -> tuple[Annotation, ...]:
        """As they are."""
        return await self._annotations.annotations(slo, start, end)


def _told(silence: Silence) -> str:
    """A silence in one line of the log."""
    scope = silence.scope
    named = [f"{name}={value}" for name, value in (("slo", scope.slo), ("service", scope.service)) if value]
    named += [f"policy={scope.policy}"] * bool(scope.policy) + [f"{key}={value}" for key, value in scope.labels]
    about = ", ".join(named) or "everything"
    return f"{about}; {silence.starts_at:.0f} to {silence.ends_at:.0f}; {silence.who}: {silence.why}"


def _no_alert(key: str) -> NotFound:
    return NotFound(f"there is no alert {key!r}", mend="`leeway alerts` lists them")
