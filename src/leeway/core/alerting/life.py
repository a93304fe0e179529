"""The life of one policy's alert on one objective, moment by moment: quiet, firing, cooling, quiet again.

A group fires when each of its conditions has been met for as long as it must last. An alert resolves when every group
has been refuted for the whole cool-down: some condition of it is not met, and was seen well enough to say so. Between
the two, and where too little is seen, nothing changes: a page neither comes nor goes because data is missing.

`live` need only run where something changes: what is observed, or a timer (`Life.due`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from leeway.core.alerting.policy import Policy


class Phase(StrEnum):
    """Where an alert stands."""

    QUIET = "quiet"
    PENDING = "pending"
    FIRING = "firing"
    COOLING = "cooling"


@dataclass(frozen=True, slots=True)
class Observed:
    """For each condition, group by group: is it met, and was too little seen to say no?

    Figures that stand but are doubted (a burn that may be chance) say no as little: an alert that is up stays up.
    """

    met: tuple[bool, ...]
    blind: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """`since` is when the phase began; `met_since`, for each condition, since when it is met without a break.

    `fired` are the groups that fired since the alert began, each with the first time, in that order; `due` is when
    time alone changes something, if nothing else does before.
    """

    phase: Phase = Phase.QUIET
    since: int = 0
    met_since: tuple[int | None, ...] = ()
    fired: tuple[tuple[int, int], ...] = ()
    due: int | None = None


def live(policy: Policy, life: Life, now: int, observed: Observed) -> Life:
    """The alert after what was observed at `now`, the end of a step."""
    if life.phase is Phase.QUIET and not any(observed.met):  # nothing was met, nothing is: nearly all of a fleet
        return replace(life, met_since=(None,) * len(observed.met))
    before = life.met_since or (None,) * len(observed.met)
    met_since = tuple(
        (now if since is None else since) if met else None for met, since in zip(observed.met, before, strict=True)
    )
    life = replace(life, met_since=met_since, due=None)
    groups = _groups(policy, met_since, observed)
    known = {group for group, _ in life.fired}
    waiting = {
        group: one.fires_at for group, one in enumerate(groups) if one.fires_at is not None and group not in known
    }
    fired = (*life.fired, *((group, now) for group, fires_at in waiting.items() if fires_at <= now))
    life = replace(life, fired=fired, due=min((at for at in waiting.values() if at > now), default=None))
    if not fired:
        phase = Phase.QUIET if life.due is None else Phase.PENDING
        return replace(life, phase=phase, since=life.since if phase is life.phase else now)
    if not all(one.refuted for one in groups):
        return life if life.phase is Phase.FIRING else replace(life, phase=Phase.FIRING, since=now)
    began = life.since if life.phase is Phase.COOLING else now
    if now - began >= policy.cooldown_s:
        return Life(Phase.QUIET, now, met_since)
    return replace(life, phase=Phase.COOLING, since=began, due=began + policy.cooldown_s)


@dataclass(frozen=True, slots=True)
class _Group:
    """When the group fires if it stays as it is, None if it would not; whether it is refuted."""

    fires_at: int | None
    refuted: bool


def _groups(policy: Policy, met_since: tuple[int | None, ...], observed: Observed) -> list[_Group]:
    groups, place = [], 0
    for conditions in policy.groups:
        own = slice(place, place + len(conditions))
        place += len(conditions)
        since = [
            one if one is None else one + condition.lasts_s
            for one, condition in zip(met_since[own], conditions, strict=True)
        ]
        whole = [one for one in since if one is not None]
        refuted = any(not met and not blind for met, blind in zip(observed.met[own], observed.blind[own], strict=True))
        groups.append(_Group(max(whole) if len(whole) == len(since) else None, refuted))
    return groups
