"""What policies would have done over one objective's past: the same conditions and the same life as in the tick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leeway.core.alerting.conditions import Sums, condition_met
from leeway.core.alerting.life import Life, Observed, Phase, live
from leeway.core.alerting.policy import Policy
from leeway.core.alerting.ratio import Flags
from leeway.core.points import Ints


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert of one policy: the group of conditions that made it fire, when, and until when (None: it still does).

    `place` is the moment at which it fired, among all moments.
    """

    policy: Policy
    group: int
    place: int
    fired_at: int
    resolved_at: int | None = None


def episodes(policies: Sequence[Policy], sums: Sums, at: Ints) -> list[Episode]:
    """All alerts, in the order of firing."""
    found = [episode for policy in policies for episode in _of_policy(policy, sums, at)]
    return sorted(found, key=lambda each: each.fired_at)


def _of_policy(policy: Policy, sums: Sums, at: Ints) -> Iterator[Episode]:
    answers = [condition_met(condition, sums) for group in policy.groups for condition in group]
    met, blind = (np.stack(each, axis=1) for each in ([one.met for one in answers], [one.blind for one in answers]))
    life, firing = Life(), None
    for place in _turns(np.concatenate([met, blind], axis=1), policy, at):
        now = int(at[place])
        life = live(policy, life, now, Observed(tuple(met[place].tolist()), tuple(blind[place].tolist())))
        if life.phase is Phase.FIRING and firing is None:
            firing = Episode(policy, life.group, place, now)
        elif life.phase is Phase.QUIET and firing is not None:
            yield replace(firing, resolved_at=now)
            firing = None
    if firing is not None:
        yield firing


def _turns(observed: Flags, policy: Policy, at: Ints) -> list[int]:
    """The moments that matter: what is observed changed there, or a timer that such a change began may be due."""
    changed = np.flatnonzero((observed[1:] != observed[:-1]).any(axis=1)) + 1
    changed = np.concatenate([np.zeros(1, np.int64), changed])
    timers = {policy.cooldown_s, *(condition.lasts_s for group in policy.groups for condition in group)} - {0}
    due = [np.searchsorted(at, at[changed] + timer) for timer in sorted(timers)]
    turns = np.unique(np.concatenate([changed, *due]))
    return [int(place) for place in turns if place < len(at)]
