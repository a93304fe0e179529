"""What Leeway finds when it looks at itself, in words: for the page of its health, and for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leeway.client.checks import Check
from leeway.client.figures import amount, duration
from leeway.engine.views import STALE_S, Health, SourceState
from leeway.ports.outbox import Waiting
from leeway.ports.state import Job
from leeway.spec.quantity import count

LEAST_FREE = 1 << 30
"""Bytes of the disk: with less somebody should make room."""

LATE_S = 300.0
"""A message that has waited for longer does not get through."""

BACKUP_S = 7 * 86_400.0
"""A backup that is older than this is an old one."""

NAMED = 5


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of the data folder, and bytes that are free beside it."""

    used: int
    free: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that was looked at. `refused` says by Recipient why nothing would be sent there.

    `whole`: whoever asks may see all of it; of backups nobody else is told.
    """

    now: float
    health: Health
    sources: Sequence[SourceState]
    waiting: Waiting
    refused: Mapping[str, str]
    room: Room | None
    backup: Job | None
    versions: Mapping[str, str]
    whole: bool = True


def checks(of: Looked) -> tuple[Check, ...]:
    """What is not well first, then in the order in which data goes its way."""
    rank = {"unwell": 0, "look": 1, "unknown": 2, "well": 3}
    return tuple(sorted(_all(of), key=lambda one: rank[one.state]))


def _all(of: Looked) -> Iterator[Check]:
    yield _evaluation(of.health, of.now)
    for reason in of.health.reasons:
        yield _check(
            "Trouble",
            "look" if of.health.ready else "unwell",
            reason,
            "what Leeway itself says is missing",
            "apply what it names, change the setting, or look into the server's log",
            "leeway_ready",
        )
    yield _sources(of.sources)
    yield from _points(of.health)
    yield _messages(of.waiting, of.now)
    yield _recipients(of.refused)
    yield from _room(of.room)
    yield _memory(of.health)
    if of.whole:
        yield _backup(of.backup, of.now)
    told = ", ".join(f"{name} {version}" for name, version in of.versions.items())
    yield _check("Versions", "well", told, "what runs here; quote it when you report something")


def _evaluation(health: Health, now: float) -> Check:
    means = "once a minute budgets are worked out and alert conditions looked at; if that stops nobody is told"
    metric = "leeway_evaluated_timestamp_seconds"
    if health.evaluated_at is None:
        mend = "wait: a start fills the ledgers first"
        return _check("Evaluation", "unwell", "nothing was evaluated yet", means, mend, metric)
    age = now - health.evaluated_at
    seen = f"{duration(max(0.0, age))} ago, {count(health.objectives, 'objective')}"
    if age <= STALE_S:
        return _check("Evaluation", "well", seen, means, metric=metric)
    mend = "look into the server's log; a full disk, or a machine with too much to do, is the usual reason"
    return _check("Evaluation", "unwell", seen, means, mend, metric)


def _sources(sources: Sequence[SourceState]) -> Check:
    means = "data that does not come is unknown: budgets stand still, and alerts on it cannot fire"
    failing = [one for one in sources if one.last_error]
    if not failing:
        asked = sum(one.pulled for one in sources)
        seen = f"{asked} series asked for, {len(sources) - asked} pushed; no error"
        return _check("Sources", "well", seen, means, metric="leeway_source_failures")
    named = "; ".join(f"{one.source} for {one.slo}: {one.last_error}" for one in failing[:NAMED])
    more = f"; and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
    mend = "look at them below Sources: the whole error stands there"
    return _check("Sources", "unwell", f"{named}{more}", means, mend, "leeway_source_failures")


def _points(health: Health) -> Iterator[Check]:
    yield _check(
        "Points taken",
        "well",
        f"{amount(health.accepted)} since the start",
        "each is on disk before it is acknowledged",
        metric="leeway_points_accepted_total",
    )
    means = "points that cannot be true (more good than total, a time to come) count nowhere"
    metric = "leeway_points_quarantined_total"
    if not health.quarantined:
        yield _check("Points set aside", "well", "none since the start", means, metric=metric)
        return
    seen = ", ".join(f"{amount(number)} {reason}" for reason, number in health.quarantined)
    mend = "the tab Data of each SLO has the rows and their reasons: mend what sends them"
    yield _check("Points set aside", "look", seen, means, mend, metric)


def _messages(waiting: Waiting, now: float) -> Check:
    means = "messages that are due and have not gone out; they survive a restart, and are tried again until they do"
    if not waiting.messages or waiting.since is None:
        return _check("Messages", "well", "none waits", means)
    age = now - waiting.since
    seen = f"{count(waiting.messages, 'message waits', 'messages wait')}, the first for {duration(max(0.0, age))}"
    if waiting.failing:
        seen += f"; {count(waiting.failing, 'has failed before', 'have failed before')}"
    mend = "look at Channels: the last error of each stands there; then send a test"
    if age > LATE_S:
        return _check("Messages", "unwell", seen, means, mend)
    return _check("Messages", "look" if waiting.failing else "well", seen, means, mend if waiting.failing else "")


def _recipients(refused: Mapping[str, str]) -> Check:
    means = "those whom alert policies tell, as far as can be known without telling them"
    if not refused:
        return _check("Recipients", "well", "nothing is known that would keep them from being told", means)
    seen = "; ".join(f"{name}: {why}" for name, why in sorted(refused.items())[:NAMED])
    return _check("Recipients", "unwell", seen, means, "look at Channels, mend the definition, send a test")


def _room(room: Room | None) -> Iterator[Check]:
    means = "when the disk is full nothing new is taken, and nothing is lost"
    if room is None:
        yield _check("Disk", "unknown", "the data folder is not known here", means)
        return
    yield _check("Data folder", "well", _bytes(room.used), "points, definitions and alerts; what is old is deleted")
    if room.free >= LEAST_FREE:
        yield _check("Disk", "well", f"{_bytes(room.free)} free", means)
        return
    mend = "make room, move the data folder, or keep fewer days"
    yield _check("Disk", "unwell", f"only {_bytes(room.free)} free", means, mend)


def _memory(health: Health) -> Check:
    seen = f"{_bytes(health.ledger_bytes)} for {count(health.objectives, 'objective')}"
    means = "running sums, from which any window is two look-ups; they are made anew from the points at a start"
    return _check("Ledgers", "well", seen, means, metric="leeway_ledger_bytes")


def _backup(backup: Job | None, now: float) -> Check:
    means = "a consistent copy of points and definitions, made while work goes on"
    mend = "leeway backup FOLDER, for example each night"
    if backup is None:
        seen = "none that this server knows of; copies of a stopped server, or of its disk, are not seen here"
        return _check("Backup", "look", seen, means, mend)
    age = now - backup.at
    seen = f"{duration(max(0.0, age))} ago, to {backup.subject}"
    old = age > BACKUP_S
    return _check("Backup", "look" if old else "well", seen, means, mend if old else "")


def _check(name: str, state: str, seen: str, means: str, mend: str = "", metric: str = "") -> Check:
    return Check.model_validate(
        {"name": name, "state": state, "seen": seen, "means": means, "mend": mend, "metric": metric}
    )


def _bytes(size: int) -> str:
    """As people say it.

    >>> _bytes(1_500), _bytes(2_340_000), _bytes(7_000_000_000)
    ('1.5 kB', '2.3 MB', '7.0 GB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size / 1e3:,.1f} kB"
