"""What policies would have done over one objective's past: the same conditions and the same life as in the tick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.conditions import Sums, condition_met
from leeway.core.alerting.life import Life, Observed, live
from leeway.core.alerting.policy import Policy
from leeway.core.alerting.ratio import Flags
from leeway.core.points import Ints


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert of one policy: which groups fired and when, the first one first; until when (None: it still does)."""

    policy: Policy
    fired: tuple[tuple[int, int], ...]
    resolved_at: int | None = None

    @property
    def group(self) -> int:
        """The group that made it fire."""
        return self.fired[0][0]

    @property
    def fired_at(self) -> int:
        """The end of the step that made it fire."""
        return self.fired[0][1]

    def lasts_beyond(self, time: int) -> bool:
        """True if it still fired at this time."""
        return self.resolved_at is None or self.resolved_at > time


def episodes(policies: Sequence[Policy], sums: Sums, at: Ints) -> list[Episode]:
    """All alerts, in the order of firing."""
    found = [episode for policy in policies for episode in _of_policy(policy, sums, at)]
    return sorted(found, key=lambda each: each.fired_at)


def _of_policy(policy: Policy, sums: Sums, at: Ints) -> Iterator[Episode]:
    answers = [condition_met(condition, sums, policy) for group in policy.groups for condition in group]
    met = np.stack([one.met for one in answers], axis=1)
    blind = np.stack([one.blind | one.doubted for one in answers], axis=1)
    life = Life()
    for place in _turns(np.concatenate([met, blind], axis=1), policy, at):
        now, before = int(at[place]), life
        life = live(policy, life, now, Observed(tuple(met[place].tolist()), tuple(blind[place].tolist())))
        if before.fired and not life.fired:
            yield Episode(policy, before.fired, now)
    if life.fired:
        yield Episode(policy, life.fired)


def _turns(observed: Flags, policy: Policy, at: Ints) -> list[int]:
    """The moments that matter: what is observed changed there, or a timer that such a change began may be due."""
    changed = np.flatnonzero((observed[1:] != observed[:-1]).any(axis=1)) + 1
    changed = np.concatenate([np.zeros(1, np.int64), changed])
    timers = {policy.cooldown_s, *(condition.lasts_s for group in policy.groups for condition in group)} - {0}
    due = [np.searchsorted(at, at[changed] + timer) for timer in sorted(timers)]
    turns = np.unique(np.concatenate([changed, *due]))
    return [int(place) for place in turns if place < len(at)]
