"""Silences as people ask for them: judged before they are kept, with a look at what they would keep from people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from leeway.core.alerting.silence import Scope, Silence, Subject
from leeway.errors import Invalid
from leeway.ports.alerts import Alert, AlertStore, Watch
from leeway.ports.clock import Clock
from leeway.ports.legible import one_line
from leeway.ports.silences import SilenceStore
from leeway.spec.documents import SLO
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.quantity import span

LONGEST_S = 30 * 86_400
WORDS = 200
"""Letters of a reason and of a name that are kept."""
GRACE_S = 60
"""Clocks differ: what should begin within the last minute begins now."""

Subjects = Mapping[Watch, Subject]


@dataclass(frozen=True, slots=True)
class SilenceWish:
    """Times are epoch seconds; `starts_at` None is now. Either an end or a length; `everything` for a scope of all."""

    scope: Scope
    who: str
    why: str
    starts_at: float | None = None
    ends_at: float | None = None
    lasts_s: float | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence, how many objectives it is about and of which SLOs, and which alerts about them are up, told or not."""

    silence: Silence
    objectives: int
    slos: tuple[str, ...]
    alerts: tuple[Alert, ...]


class Silences:
    """`subjects` is what is watched now. `longest_s` is how long a silence may last."""

    def __init__(
        self,
        store: SilenceStore,
        alerts: AlertStore,
        clock: Clock,
        subjects: Callable[[], Subjects],
        longest_s: float = LONGEST_S,
    ) -> None:
        self._store, self._alerts, self._clock, self._subjects = store, alerts, clock, subjects
        self._longest_s = longest_s

    async def add(self, wish: SilenceWish, *, dry_run: bool = False) -> Silenced:
        """Keeps it, unless it is a dry run, and tells what it covers. Raises Invalid, with what was perhaps meant."""
        silence = judged(wish, self._clock.now(), self._longest_s)
        subjects = self._subjects()
        covered = {watch for watch, subject in subjects.items() if silence.scope.covers(subject)}
        if not covered and not silence.scope.everything:
            raise _about_nothing(silence.scope, subjects.values())
        if not dry_run:
            silence = await asyncio.to_thread(self._store.add, silence)
        up = await asyncio.to_thread(self._alerts.alerts, up=True, limit=1_000_000)
        alerts = tuple(one for one in up if (one.goal, one.policy) in covered)
        slos = tuple(sorted({subjects[watch].slo for watch in covered}))
        return Silenced(silence, len({goal for goal, _ in covered}), slos, alerts)

    async def end(self, number: int, by: str) -> Silence:
        """Ends it now, or calls it off. Raises NotFound, and Conflict if it is over."""
        return await asyncio.to_thread(self._store.end, number, by=_said(by, "who ends it"), at=self._clock.now())

    async def silences(self, *, over: bool = False) -> tuple[Silence, ...]:
        """Those in force and those to come; `over`: those that are over too. The newest first."""
        after = None if over else self._clock.now()
        return await asyncio.to_thread(self._store.silences, ending_after=after)


def judged(wish: SilenceWish, now: float, longest_s: float = LONGEST_S) -> Silence:
    """The silence, without a number. Raises Invalid for one that says too little, lasts too long, or is in the past."""
    why, who = _said(wish.why, "why"), _said(wish.who, "who asks for it")
    if wish.scope.everything and not wish.everything:
        raise Invalid(
            "a silence says what it is about", mend="name an SLO, a service, a policy or a label, or everything"
        )
    if wish.everything and not wish.scope.everything:
        raise Invalid("it is about everything, and about a part of it", mend="leave one of the two out")
    starts_at = now if wish.starts_at is None else wish.starts_at
    if wish.ends_at is not None and wish.lasts_s is None:
        ends_at = wish.ends_at
    elif wish.lasts_s is not None and wish.ends_at is None:
        ends_at = starts_at + wish.lasts_s
    else:
        raise Invalid("a silence has one end", mend="say for how long it lasts, or until when")
    if starts_at < now - GRACE_S:
        raise Invalid("it would begin in the past", mend="leave the beginning out, and it begins now")
    starts_at = max(starts_at, now)
    if ends_at <= now:
        raise Invalid("it would be over already", mend="say a time to come")
    if ends_at <= starts_at:
        raise Invalid("it would end before it begins", mend="swap the two times")
    if ends_at - starts_at > longest_s:
        raise Invalid(
            f"it would last {span(int(ends_at - starts_at))}, and a silence lasts for {span(int(longest_s))} at most",
            mend="end it sooner, and add another one then if it is still needed",
        )
    return Silence(0, wish.scope, starts_at, ends_at, who, why)


def labels_of(slo: SLO, library: Library) -> frozenset[tuple[str, str]]:
    """The labels by which an SLO can be silenced: its own, and those of its service."""
    service = library.service(slo.service)
    holders = [slo.metadata, *([service.metadata] if service else [])]
    return frozenset((key, value) for one in holders for key, values in one.labels.items() for value in values)


def _said(text: str, what: str) -> str:
    said = one_line(text, WORDS)
    if not said:
        raise Invalid(f"a silence says {what}", mend="others read it at night")
    return said


def _about_nothing(scope: Scope, subjects: Collection[Subject]) -> Invalid:
    """Which part names nothing that is watched, and what was perhaps meant; or that no objective agrees with all."""
    labels = {f"{key}={value}" for one in subjects for key, value in one.labels}
    parts = [
        ("SLO", scope.slo, {one.slo for one in subjects}),
        ("service", scope.service, {one.service for one in subjects}),
        ("alert policy", scope.policy, {one.policy for one in subjects}),
        *(("label", f"{key}={value}", labels) for key, value in scope.labels),
    ]
    for kind, name, known in parts:
        if name and name not in known:
            some = ", ".join(sorted(known)[:5])
            mend = did_you_mean(name, known) or (f"there is for example {some}" if some else "there is none yet")
            return Invalid(f"nothing that is watched has the {kind} {name!r}", mend=mend)
    return Invalid("no objective agrees with all of this", mend="leave a part out, or add one silence for each part")
