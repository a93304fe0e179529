"""What those who run Leeway are told: that it does not see, cannot tell people, or does not run at all.

Two Recipients, by exact name, each optional: the owner of the platform, and a heartbeat outside (a dead-man's switch:
a service that pages when it hears nothing for three minutes). The heartbeat beats only if a point of the last minute
went the whole way: stored, announced, judged, looked up. It carries that minute, so that a process that still runs but
no longer evaluates is known.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import structlog

from leeway.core.alerting import blindness
from leeway.core.alerting.policy import Severity
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.core.ledger.grid import MINUTE_S
from leeway.core.objective import DAY_S, Method, Objective
from leeway.core.quality import Kind
from leeway.core.window import Rolling, Span
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.engine.report import rfc3339
from leeway.errors import LeewayError
from leeway.ports.alerts import Outgoing
from leeway.ports.channel import Event, Message
from leeway.ports.outbox import Outbox, Settlement, Taken
from leeway.ports.points import PointStore, Rows
from leeway.spec.library import Library
from leeway.spec.policies import Watch
from leeway.spec.routes import route

CANARY = Goal(
    0, "leeway", "leeway", Objective("canary", Method.OCCURRENCES, Fraction(999, 1000), Rolling(30 * DAY_S)), 0,
    Kind.COUNTS, 1,
)  # fmt: skip
"""Leeway's own series; the numbers of others begin at 1."""

BEAT = "heartbeat:leeway"
PLATFORM = "platform:"
"""Begins the keys of what the owner is told."""
KEPT_S = 3_600.0
"""How long heartbeats are kept after they were sent."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Duties:
    """The names of those who are told, "" for nobody."""

    owner: str = ""
    heartbeat: str = ""


class Platform:
    """Tells them. Safe from any thread."""

    def __init__(self, duties: Duties, outbox: Outbox) -> None:
        self.duties = duties
        self._outbox = outbox
        self._failing: dict[str, bool] = {}
        self._sung = self._beaten = 0
        self._lock = threading.Lock()

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What has to be in the ledgers for the heartbeat."""
        return (CANARY,) if self.duties.heartbeat else ()

    def unknown(self, library: Library) -> Iterable[str]:
        """Sentences about duties whose Recipient nobody declared."""
        for duty, name in (("owner", self.duties.owner), ("heartbeat", self.duties.heartbeat)):
            if name and library.recipient(name) is None:
                yield f"the setting {duty} names {name!r}, but no Recipient is called so"

    def watches(self, library: Library) -> tuple[Watch, ...]:
        """What watches a series that Leeway asks for by itself, for the owner; nothing where there is none."""
        if not self.duties.owner:
            return ()
        return tuple(Watch(one, route([self.duties.owner], one.severity, library)) for one in blindness.presets())

    def sing(self, points: PointStore, now: float) -> None:
        """Stores the canary's point of the last minute, once. What fails is told, and the heartbeat stays away."""
        if not self.duties.heartbeat:
            return
        minute = int(now) // MINUTE_S * MINUTE_S - MINUTE_S
        if minute == self._sung:
            return
        one = np.array([1], np.int64)
        rows = Rows(np.array([CANARY.series], np.int32), one * minute, one, one, np.array([np.nan]))
        try:
            points.append(rows, known_at=int(now * 1_000_000))
            self._sung = minute
        except LeewayError as error:
            log.warning("the canary's point cannot be stored; no heartbeat", error=str(error))

    def beat(self, book: Book, now: float) -> None:
        """Puts a heartbeat out, once for each minute whose canary is in the ledgers; also of one that comes again."""
        if not self.duties.heartbeat or book.head == self._beaten:
            return

        def ask(ledger: Ledger, columns: Places, _goals: list[Goal]) -> int:
            last = ledger.sums(book.head, columns) - ledger.sums(book.head - MINUTE_S, columns)
            return int(last.covered[0])

        if any(heard for _, heard in book.look_up([CANARY], ask)):
            title = f"Leeway evaluates: {rfc3339(book.head)}"
            facts = {"evaluated_at": rfc3339(book.head)}
            message = Message(BEAT, Event.HEARTBEAT, Severity.TICKET, title, (), at=float(book.head), facts=facts)
            self._put_out(self.duties.heartbeat, message, now)
            self._outbox.prune(now - KEPT_S, key=BEAT)
            self._beaten = book.head

    def tell(self, key: str, title: str, lines: Iterable[str], now: float, event: Event = Event.FIRED) -> None:
        """A ticket to the owner."""
        if self.duties.owner:
            message = Message(PLATFORM + key, event, Severity.TICKET, title, tuple(lines), at=now)
            self._put_out(self.duties.owner, message, now)

    def failed(self, message: Taken, error: str, now: float) -> None:
        """A recipient's channel takes nothing: the owner is told once, until it works again."""
        recipient = message.recipient
        waits = f"Messages to {recipient} wait since {rfc3339(message.first_due_at)}: {error}"
        with self._lock:
            if recipient == self.duties.owner or self._fails(recipient):
                return
            lines = (waits, "They are tried again for a day.")
            self.tell(_unreachable(recipient), f"{recipient} cannot be told", lines, now)
            self._failing[recipient] = True

    def works(self, recipient: str, now: float) -> None:
        """It takes messages again."""
        with self._lock:
            if not self._fails(recipient):
                return
            lines = (f"{recipient} takes messages again.",)
            self.tell(_unreachable(recipient), f"{recipient} can be told again", lines, now, Event.RESOLVED)
            self._failing[recipient] = False

    def _fails(self, recipient: str) -> bool:
        """True while the owner knows that it takes nothing; the outbox remembers it across restarts."""
        if recipient not in self._failing:
            told = self._outbox.deliveries(PLATFORM + _unreachable(recipient))
            self._failing[recipient] = bool(told) and told[-1].event == Event.FIRED
        return self._failing[recipient]

    def _put_out(self, recipient: str, message: Message, now: float) -> None:
        self._outbox.settle(Settlement(post=(Outgoing(recipient, message, now),)), now, lease_s=0)


def _unreachable(recipient: str) -> str:
    return f"unreachable/{recipient}"


def newest(spans: dict[int, Span], default: int) -> int:
    """The end of the newest data of users; the canary lives by the clock alone and says nothing of theirs."""
    return max((span.end for series, span in spans.items() if series != CANARY.series), default=default)
