"""The look of each minute: which conditions are met, whose alerts begin and end, and who is told.

Conditions are looked at as arrays, for all objectives that are alike at once; the life of an alert runs only where
something changed or a timer is due. What a look changes is stored with the messages that follow from it, then
remembered: if storing fails, the next look sees the same change again.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leeway.core.alerting.blindness import is_blindness
from leeway.core.alerting.conditions import condition_met
from leeway.core.alerting.decide import HORIZON_S, Recovery, Suppression, holds, is_slow, linger_s
from leeway.core.alerting.life import Life, Observed, live
from leeway.core.alerting.policy import Condition, Policy, Severity
from leeway.core.alerting.ratio import Flags
from leeway.core.alerting.silence import Silence, Subject, silenced
from leeway.core.alerting.survival import Lasted
from leeway.core.assess import Assessment
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.core.ledger.grid import MINUTE_DAYS
from leeway.core.objective import DAY_S
from leeway.core.sparse.guard import Guards
from leeway.engine.alerts import words
from leeway.engine.alerts.decided import Record, decided
from leeway.engine.alerts.doubt import QUIET_S, doubted_group, doubts
from leeway.engine.alerts.fleet import FleetSums
from leeway.engine.alerts.hindsight import hindsight
from leeway.engine.alerts.seen import seen
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.ports.alerts import Alert, AlertStore, Outgoing, Standing, Turn, Watch
from leeway.ports.channel import Message
from leeway.ports.decisions import DecisionStore
from leeway.ports.silences import SilenceStore
from leeway.spec import policies
from leeway.spec.alert_words import group_words
from leeway.spec.routes import Role

AsOf = Callable[[Goal], int]
Assess = Callable[[Goal, int], Assessment]
Tell = Callable[[tuple[Condition, ...], FleetSums, int], tuple[str, ...]]

HELD = "held"
"""Ends the key of the ticket that stands for a held page."""

SILENCES_S = 40 * 86_400
"""For so long a silence that is over is looked at: no window reaches further back."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A goal, what watches it, and what its SLO says of itself."""

    goal: Goal
    watches: tuple[policies.Watch, ...]
    description: str = ""
    labels: frozenset[tuple[str, str]] = frozenset()
    horizon_s: int = HORIZON_S


@dataclass(frozen=True, slots=True)
class _Case:
    """One policy on one goal."""

    watched: Watched
    guard: policies.Watch

    @property
    def policy(self) -> Policy:
        return self.guard.policy

    @property
    def watch(self) -> Watch:
        return self.watched.goal.number, self.policy.name

    @property
    def subject(self) -> Subject:
        """What a silence may be about."""
        return Subject(self.watched.goal.slo, self.watched.goal.service, self.policy.name, self.watched.labels)

    @property
    def alike(self) -> tuple[object, ...]:
        """Cases that can be looked at together: the same conditions on objectives that sum up alike."""
        goal, policy = self.watched.goal, self.policy
        objective = replace(goal.objective, name="", threshold=None, slice_target=None)
        return objective, goal.scale, policy.groups, policy.severity, policy.guarded


class Watcher:
    """Holds where every policy stands."""

    def __init__(
        self,
        store: AlertStore,
        silences: SilenceStore,
        decisions: DecisionStore,
        guards: Callable[[Sequence[Goal]], Guards | None] = lambda _goals: None,
    ) -> None:
        self._store, self._silences, self._record, self._guards = store, silences, Record(decisions), guards
        self._doubted: dict[Watch, int] = {}
        self._quiet: tuple[Silence, ...] = ()
        self._standings = store.standings()
        self._up = {(each.goal, each.policy): each for each in store.alerts(up=True, limit=1_000_000)}
        self._observed: dict[Watch, bytes] = {}
        self._groups: list[list[_Case]] = []
        self._cases: dict[Watch, _Case] = {}
        self.subjects: dict[Watch, Subject] = {}

    def watch(self, watched: Iterable[Watched], at: int) -> None:
        """Watches these from now on; alerts of what is not watched any more end, and who was told of them is told so.

        A policy whose conditions changed begins anew, and so does an alert whose severity is another now.
        """
        cases = [_Case(each, guard) for each in watched for guard in each.watches]
        after = {case.watch: case for case in cases}
        gone = [watch for watch in self._standings if not self._goes_on(watch, after.get(watch))]
        over = (words.unwatched(self._up[watch], at) for watch in gone if watch in self._up)
        self._store.forget(gone, at, [each for one in over for each in (one, _as_ticket(one))])
        for each in gone:
            del self._standings[each]
            self._up.pop(each, None)
            self._observed.pop(each, None)
        groups: defaultdict[tuple[object, ...], list[_Case]] = defaultdict(list)
        for case in cases:
            groups[case.alike].append(case)
        self._groups, self._cases = list(groups.values()), after
        self.subjects = {watch: case.subject for watch, case in after.items()}

    def _goes_on(self, watch: Watch, case: _Case | None) -> bool:
        before, up = self._cases.get(watch), self._up.get(watch)
        if case is None or (before is not None and before.policy.groups != case.policy.groups):
            return False
        if up is not None and up.severity is not case.policy.severity:
            return False
        return len(self._standings[watch].life.met_since) in (0, len(_flat(case.policy)))  # also changed while stopped

    def look(self, book: Book, as_of: AsOf, assess: Assess, now: float) -> tuple[Alert, ...]:
        """Looks at everything as known at `as_of`; the alerts that changed. `assess` is asked for the few that fire."""
        self._quiet = self._silences.silences(ending_after=now - SILENCES_S)
        turns: dict[Watch, Turn] = {}
        observed: dict[Watch, bytes] = {}
        for group in self._groups:
            for case, at, bits in self._look_at(group, book, as_of):
                standing = self._standings.get(case.watch, Standing(Life()))
                due = standing.life.due
                if self._observed.get(case.watch) == bits.tobytes() and (due is None or due > at):
                    continue
                observed[case.watch] = bits.tobytes()
                turn = self._turn(case, standing, at, bits, book)
                if turn is None or turn.alert is None:
                    turn = self._doubt(case, turn.standing if turn else standing, at, bits, book) or turn
                if turn is not None:
                    turns[case.watch] = turn
        told = self._tell(turns, as_of, assess, now)
        self._note(told, as_of, now)  # before it comes into force: killed between the two, it is decided anew
        self._store.record(told)
        self._observed |= observed
        for turn in told:
            self._standings[turn.watch] = turn.standing
            if turn.alert is not None:
                self._up[turn.watch] = turn.alert
                if turn.alert.resolved_at is not None:
                    del self._up[turn.watch]
                if turn.alert.suppressed_by is Suppression.DOUBT:
                    self._doubted[turn.watch] = turn.alert.fired_at
        return tuple(turn.alert for turn in told if turn.alert is not None)

    def _look_at(self, group: Sequence[_Case], book: Book, as_of: AsOf) -> Iterable[tuple[_Case, int, Flags]]:
        by_goal: defaultdict[int, list[_Case]] = defaultdict(list)  # one goal may have several policies that are alike
        for case in group:
            by_goal[case.watched.goal.number].append(case)
        policy, moments = group[0].policy, defaultdict(list)
        for cases in by_goal.values():
            goal = cases[0].watched.goal
            moments[as_of(goal)].append(goal)
        for at, goals in moments.items():

            def ask(ledger: Ledger, columns: Places, theirs: list[Goal], at: int = at) -> Flags:
                sums = self._sums(ledger, columns, theirs, book, at)
                found = [condition_met(one, sums, policy) for one in _flat(policy)]
                bits = [[getattr(one, name) for one in found] for name in ("met", "blind", "doubted")]
                return np.moveaxis(np.array(bits), -1, 0)  # each goal's own, as `_turn` takes them apart

            for theirs, bits in book.look_up(goals, ask):
                for goal, row in zip(theirs, bits, strict=True):
                    yield from ((case, at, row) for case in by_goal[goal.number])

    def _turn(self, case: _Case, standing: Standing, at: int, bits: Flags, book: Book) -> Turn | None:
        met, blind, doubted = bits
        seen_now = Observed(tuple(met.tolist()), tuple((blind | doubted).tolist()))
        life = live(case.policy, standing.life, at, seen_now)
        if life == standing.life:
            return None
        alert = self._up.get(case.watch)
        if life.fired and not standing.life.fired:
            alert = self._alert(case, case.policy.groups[life.fired[0][0]], at, book, seen)
        elif standing.life.fired and not life.fired and alert is not None:
            reasons = (*alert.reasons, *self._hindsight(case, alert, book))
            alert = replace(alert, resolved_at=at, reasons=reasons)
        return Turn(case.watch, Standing(life, alert.key if alert and life.fired else None), alert)

    def _doubt(self, case: _Case, standing: Standing, at: int, bits: Flags, book: Book) -> Turn | None:
        """An alert that did not fire because its figures are not believed: over as soon as it is recorded."""
        met, _, doubted = bits.tolist()
        group = doubted_group(case.policy, met, doubted) if any(doubted) else None
        lately = at - self._doubted.get(case.watch, -QUIET_S) < QUIET_S
        if group is None or lately or standing.life.fired:
            return None
        alert = self._alert(case, case.policy.groups[group], at, book, doubts)
        return Turn(case.watch, standing, replace(alert, resolved_at=at, suppressed_by=Suppression.DOUBT))

    def _alert(self, case: _Case, group: tuple[Condition, ...], at: int, book: Book, told: Tell) -> Alert:
        goal = case.watched.goal

        def ask(ledger: Ledger, columns: Places, theirs: list[Goal]) -> tuple[tuple[str, ...], float | None]:
            sums = self._sums(ledger, columns, theirs, book, at)
            spent = sums.spent(None)
            return told(group, sums, 0), float(spent.at(0)) if spent.whole[0] else None

        ((_, (reasons, consumed)),) = book.look_up([goal], ask)
        return Alert(
            key=self._key(f"{goal.slo}/{goal.objective.name}/{case.policy.name}/{at}"),
            goal=goal.number,
            slo=goal.slo,
            objective=goal.objective.name,
            policy=case.policy.name,
            severity=case.policy.severity,
            condition=group_words(group),
            fired_at=at,
            consumed_ratio=consumed,
            reasons=reasons,
        )

    def _key(self, key: str) -> str:
        """Of its own, also if one fired at that time already: before its definition changed, or the clock went back."""
        keys = itertools.chain((key,), (f"{key}/{number}" for number in itertools.count(2)))
        return next(one for one in keys if self._store.alert(one) is None)

    def _hindsight(self, case: _Case, alert: Alert, book: Book) -> tuple[str, ...]:
        """Of burns whose minutes are still held one by one. That nothing was seen stays true, whatever came later."""
        if is_blindness(case.policy) or alert.fired_at < book.head - (MINUTE_DAYS - 1) * DAY_S:
            return ()

        def ask(ledger: Ledger, columns: Places, theirs: list[Goal]) -> tuple[str, ...]:
            return hindsight(case.policy, self._sums(ledger, columns, theirs, book, alert.fired_at), alert.fired_at)

        ((_, found),) = book.look_up([case.watched.goal], ask)
        return found

    # who is told

    def _tell(self, turns: Mapping[Watch, Turn], as_of: AsOf, assess: Assess, now: float) -> list[Turn]:
        """The turns with their messages; alerts that wait are looked at each time. Pages come first: they inhibit."""
        waiting = {
            watch
            for watch, alert in self._up.items()
            if alert.sent_at is None and watch not in turns and self._cases[watch].guard.route
        }
        found: dict[Watch, Turn] = {}
        cases = [self._cases[watch] for watch in (*turns, *waiting)]
        for case in sorted(cases, key=lambda case: case.policy.severity is Severity.TICKET):
            turn = turns.get(case.watch)
            alert = turn.alert if turn else self._up[case.watch]
            if alert is None or alert.resolved_at is not None:
                if turn:
                    found[case.watch] = replace(turn, ended=_ended(case, alert) if alert else ())
                continue
            standing = turn.standing if turn else self._standings[case.watch]
            at = as_of(case.watched.goal)
            decided, outgoing = self._decide(case, alert, standing.life, at, found, assess, now)
            if turn or decided != alert:
                found[case.watch] = Turn(case.watch, standing, decided, outgoing)
        return list(found.values())

    def _decide(
        self,
        case: _Case,
        alert: Alert,
        life: Life,
        at: int,
        found: Mapping[Watch, Turn],
        assess: Assess,
        now: float,
    ) -> tuple[Alert, tuple[Outgoing, ...]]:
        if alert.sent_at is not None or not case.guard.route:
            return alert, ()
        watched = case.watched
        if self._silence(case, life, at, now):  # asked first: a thousand may be silent at once, an assessment is work
            return replace(alert, suppressed_by=Suppression.SILENCE), ()
        assessment = assess(watched.goal, at)
        message = words.fired(case.policy, alert, case.subject, watched.description, assessment)
        kept = self._kept(case, alert, life, at, found, assessment)
        if kept is None:
            return replace(alert, sent_at=at, suppressed_by=None), _outgoing(case, message, now)
        if kept is Suppression.HOLD and not self._record.was_held(alert):
            return replace(alert, suppressed_by=kept), _outgoing(case, _as_ticket(message), now)
        return replace(alert, suppressed_by=kept), ()

    def _kept(
        self,
        case: _Case,
        alert: Alert,
        life: Life,
        at: int,
        found: Mapping[Watch, Turn],
        assessment: Assessment,
    ) -> Suppression | None:
        if alert.severity is Severity.TICKET:
            return Suppression.INHIBITION if self._paged(case, at, found) else None
        if any(not is_slow(case.policy, group) for group, _ in life.fired):
            return None
        left = assessment.time_to_exhaustion_s
        past = tuple(
            Lasted((one.resolved_at or one.fired_at) - one.fired_at, one.acknowledged_at is not None)
            for one in self._store.lasted(case.watch)
        )
        recovery = Recovery(past, None if left is None else float(left))
        horizon_s = case.watched.horizon_s
        waits = holds(case.policy, life.fired[0][0], at - alert.fired_at, recovery, horizon_s)
        return Suppression.HOLD if waits else None

    def _sums(self, ledger: Ledger, columns: Places, goals: list[Goal], book: Book, at: int) -> FleetSums:
        return FleetSums.of(ledger, columns, goals, book.born, at, self._guards(goals))

    def _silence(self, case: _Case, life: Life, at: int, now: float) -> Silence | None:
        return silenced(self._quiet, case.subject, case.policy, life, at, now)

    def _note(self, turns: Sequence[Turn], as_of: AsOf, now: float) -> None:
        """Writes down what was decided; also where one silence took over from another, and nothing else changed."""
        changed = {turn.watch for turn in turns}
        silent = [watch for watch, one in self._up.items() if one.suppressed_by is Suppression.SILENCE]
        same = [Turn(watch, self._standings[watch], self._up[watch]) for watch in silent if watch not in changed]
        noted = []
        for turn in (*turns, *same):
            case = self._cases[turn.watch]
            silence = self._silence(case, turn.standing.life, as_of(case.watched.goal), now)
            before = self._up.get(turn.watch) if turn.watch in changed else None
            noted.append(decided(before, turn, silence, now))
        self._record.note([one for one in noted if one is not None])

    def _paged(self, case: _Case, at: int, found: Mapping[Watch, Turn]) -> bool:
        """True while a page of the same goal explains the burn: it is up and sent, or was not long ago."""
        for guard in case.watched.watches:
            watch = (case.watched.goal.number, guard.policy.name)
            if guard.policy.severity is not Severity.PAGE or is_blindness(guard.policy) != is_blindness(case.policy):
                continue
            up = found[watch].alert if watch in found else self._up.get(watch)
            if (
                up is not None
                and up.sent_at is not None
                and (up.resolved_at is None or up.resolved_at + linger_s(case.policy) > at)
            ):
                return True
            last = self._store.lasted(watch, limit=1)
            if last and last[0].sent_at is not None and (last[0].resolved_at or 0) + linger_s(case.policy) > at:
                return True
        return False


def _outgoing(case: _Case, message: Message, now: float) -> tuple[Outgoing, ...]:
    """The message for each leg of the route; a ticket for a held page does not escalate."""
    return tuple(
        Outgoing(leg.recipient, words.along(leg, message), now + leg.after_s, leg.role, leg.stands_for)
        for leg in case.guard.route
        if leg.role is not Role.ESCALATION or message.severity is Severity.PAGE
    )


def _ended(case: _Case, alert: Alert) -> tuple[Message, ...]:
    """For those who were told of it, and those who got a ticket for it while it was held."""
    if not case.guard.tells_end:
        return ()
    message = words.resolved(case.policy, alert, case.watched.goal.service)
    return (message, _as_ticket(message)) if alert.severity is Severity.PAGE else (message,)


def _as_ticket(message: Message) -> Message:
    return replace(message, key=f"{message.key}/{HELD}", severity=Severity.TICKET)


def _flat(policy: Policy) -> list[Condition]:
    return [condition for group in policy.groups for condition in group]
