"""Alerts as the engine sees them: what is watched follows the definitions, each minute is looked at, people told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import structlog

from leeway.core.alerting.policy import Burn
from leeway.core.assess import Assessment
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.engine.alerts.deliver import Deliverer
from leeway.engine.alerts.fleet import FleetSums
from leeway.engine.alerts.guards import Gauge
from leeway.engine.alerts.platform import Duties, Platform
from leeway.engine.alerts.routes import Routes
from leeway.engine.alerts.silences import Silences, labels_of
from leeway.engine.alerts.watch import HELD, Watched, Watcher
from leeway.engine.book import Book
from leeway.engine.catalog import Catalog
from leeway.engine.crowds import admit
from leeway.engine.goal import Goal
from leeway.engine.views import Chance
from leeway.errors import NotFound
from leeway.ports.alerts import Alert, AlertStore
from leeway.ports.channel import Channel, Message
from leeway.ports.clock import Clock
from leeway.ports.decisions import Decision, DecisionStore
from leeway.ports.guards import GuardStore
from leeway.ports.outbox import Delivery, Outbox, Waiting
from leeway.ports.silences import SilenceStore
from leeway.spec.annotations import settings
from leeway.spec.documents import SLO, Recipient
from leeway.spec.library import Library
from leeway.spec.people import ensure_honest
from leeway.spec.policies import Watch, watches_for

log = structlog.get_logger(__name__)


class Stores(Protocol):
    """What is kept of alerts, on one ground."""

    @property
    def alerts(self) -> AlertStore:
        """Where they stand."""

    @property
    def outbox(self) -> Outbox:
        """What is still to be delivered."""

    @property
    def silences(self) -> SilenceStore:
        """What is not to be told."""

    @property
    def decisions(self) -> DecisionStore:
        """What was decided, and why."""

    @property
    def guards(self) -> GuardStore:
        """How rare a chance must be to page."""


class Alarm:
    """`open_channel` builds the channel that a recipient's definition names; raises Invalid, Forbidden or NotFound.

    `agreed` is how many people each recipient may reach, where that was asked; `watched` are goals with their policies.
    """

    def __init__(
        self,
        stores: Stores,
        clock: Clock,
        open_channel: Callable[[Recipient], Channel],
        duties: Duties = Duties(),  # noqa: B008 - frozen
    ) -> None:
        self._stores, self._clock, self._library = stores, clock, Library.of(())
        self.agreed: Mapping[str, int] = {}
        self.watched: tuple[Watched, ...] = ()
        self._open, self._opened = open_channel, dict[str, tuple[Recipient, Channel]]()
        self.gauge, self._guarded = Gauge(stores.guards, clock), dict[int, tuple[Burn, ...]]()
        self._watcher = Watcher(stores.alerts, stores.silences, stores.decisions, self.gauge.of)
        self.routes = Routes(stores.outbox, clock, lambda: self._library, self._admit)
        self.silences = Silences(stores.silences, stores.alerts, clock, lambda: self._watcher.subjects)
        self.platform = Platform(duties, stores.outbox)
        self._deliverer = Deliverer(stores.outbox, clock, self._channel, platform=self.platform, word=self._word)

    def watch(self, catalog: Catalog, at: int) -> None:
        """Watches the goals of these definitions, by the policies that they name."""
        self._library = catalog.library
        slos = {slo.metadata.name: slo for slo in catalog.library.slos}
        asked = {feed.series.id for feed in catalog.feeds if feed.source is not None}
        for_owner = self.platform.watches(catalog.library)
        self.watched = watched = tuple(
            _watched(goal, slos[goal.slo], catalog.library, for_owner if goal.series in asked else ())
            for goal in catalog.goals
        )
        self._watcher.watch(watched, at)
        guarded = [(one.goal, burns) for one, burns in zip(watched, _guarded(watched), strict=True) if burns]
        self._guarded = {goal.number: burns for goal, burns in guarded}
        self.gauge.watch((goal, tuple(burn.pair for burn in burns)) for goal, burns in guarded)
        for sentence in self.platform.unknown(catalog.library):
            log.warning("nobody is told how Leeway itself fares", reason=sentence)

    def look(self, book: Book, as_of: Callable[[Goal], int], assess: Callable[[Goal, int], Assessment]) -> None:
        """One look at every condition; what follows is stored, and will be delivered. Then the heart beats."""
        self._watcher.look(book, as_of, assess, self._clock.now())
        self.platform.beat(book, self._clock.now())

    def chances(self, goal: Goal, book: Book) -> tuple[Chance, ...]:
        """What the burns of a goal that must be more than chance see now."""
        burns = self._guarded.get(goal.number, ())

        def ask(ledger: Ledger, columns: Places, theirs: list[Goal]) -> list[Chance]:
            sums = FleetSums.of(ledger, columns, theirs, book.born, book.head, self.gauge.of(theirs))
            told = ((burn.pair, sums.told(burn, 0)) for burn in burns)
            return [Chance(pair, each) for pair, each in told if each is not None]

        return tuple(one for _, found in book.look_up([goal], ask) for one in found) if burns else ()

    def troubles(self) -> tuple[str, ...]:
        """What keeps those from being told who run the platform, as sentences."""
        return tuple(self.platform.unknown(self._library))

    def prune(self, before: float) -> None:
        """Forgets messages from before this that need nothing more."""
        self._stores.outbox.prune(before)

    def start(self) -> None:
        """Begins to deliver what waits, also from before a restart."""
        self._deliverer.start()

    async def close(self) -> None:
        """Ends delivery; what waits is delivered after the next start."""
        await self._deliverer.close()
        for _, channel in self._opened.values():
            await channel.close()
        self._opened.clear()

    async def alerts(self, slo: str | None, *, up: bool, limit: int) -> tuple[Alert, ...]:
        """The newest first."""
        return await asyncio.to_thread(self._stores.alerts.alerts, slo=slo, up=up, limit=limit)

    async def alert(self, key: str) -> Alert | None:
        """One alert."""
        return await asyncio.to_thread(self._stores.alerts.alert, key)

    async def decisions(self, alerts: Sequence[Alert]) -> tuple[Decision, ...]:
        """What was decided about these, the newest first."""
        return await asyncio.to_thread(self._stores.decisions.decisions, [one.key for one in alerts])

    async def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """What was said of one alert, and to whom. Raises NotFound."""
        found = await asyncio.to_thread(self._stores.outbox.deliveries, key)
        if not found and await asyncio.to_thread(self._stores.alerts.alert, key) is None:
            raise NotFound(f"there is no alert {key!r}", mend="`leeway alerts` lists them")
        return found

    async def told(self, keys: Sequence[str]) -> tuple[Delivery, ...]:
        """What was said of all these, and to whom, by one question."""
        return await asyncio.to_thread(self._stores.outbox.deliveries, *keys)

    async def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """So many messages of each Recipient, the newest first."""
        return await asyncio.to_thread(lambda: self._stores.outbox.newest(each=each))

    async def waiting(self) -> Waiting:
        """What is due and has not gone out."""
        return await asyncio.to_thread(self._stores.outbox.waiting, self._clock.now())

    async def remember(self, alerts: Sequence[Alert], decisions: Sequence[Decision]) -> None:
        """Keeps alerts of a past that nobody watched; what is known already stays as it is."""
        new = await asyncio.to_thread(self._stores.alerts.remember, alerts)
        await asyncio.to_thread(self._stores.decisions.note, [one for one in decisions if one.alert in new])

    async def acknowledge(self, key: str, by: str) -> tuple[Alert, ...]:
        """Somebody has taken it, or all that were told together; by the key of its ticket too, if it is a held page.

        Raises NotFound, and Conflict if it is over.
        """
        key = key.removesuffix(f"/{HELD}")
        return await asyncio.to_thread(self._stores.alerts.acknowledge, key, by=by, at=self._clock.now())

    def check(self, recipient: Recipient) -> None:
        """Judges a recipient that somebody wants to apply; building its channel asks nothing of the world.

        Raises Invalid, Forbidden or NotFound, also if the channel counts more people than the recipient declares.
        """
        ensure_honest(recipient, self._open(recipient).manifest.people)

    def _admit(self, recipient: Recipient) -> None:
        """Raises what a message to this recipient would meet before it is sent."""
        admit(recipient, self._open(recipient).manifest.people, self.agreed.get(recipient.metadata.name))

    def _word(self, name: str, message: Message) -> Message:
        """The message as the recipient wants it; plain if there is nobody of this name any more."""
        recipient = self._library.recipient(name)
        if recipient is None or recipient.template is None:
            return message
        from leeway.engine.alerts.template import worded  # late: most have none, and Jinja takes its time to load

        return worded(recipient.template, message)

    async def _channel(self, name: str) -> Channel:
        """The channel of the recipient of exactly this name, opened anew when the definition has changed.

        Raises NotFound if nobody is called so, Permanent if it reaches more people than was agreed.
        """
        recipient = self._library.recipient(name)
        known, channel = self._opened.get(name, (None, None))
        if channel is not None and known != recipient:
            del self._opened[name]
            await channel.close()
            channel = None
        if recipient is None:
            raise NotFound(f"no recipient is called {name!r} any more", mend="apply a Recipient of exactly this name")
        if channel is None:
            channel = self._open(recipient)
            self._opened[name] = recipient, channel
        admit(recipient, channel.manifest.people, self.agreed.get(name))
        return channel


def _guarded(watched: Sequence[Watched]) -> Iterator[tuple[Burn, ...]]:
    """Of each, the burns that must be more than chance; worked out once for all that have the very same policies."""
    known: dict[tuple[int, ...], tuple[Burn, ...]] = {}
    for one in watched:
        policies = [watch.policy for watch in one.watches]
        key = tuple(map(id, policies))
        if key not in known:
            known[key] = tuple(dict.fromkeys(burn for policy in policies for burn in policy.guarded_burns))
        yield known[key]


def _watched(goal: Goal, slo: SLO, library: Library, more: tuple[Watch, ...]) -> Watched:
    return Watched(
        goal,
        (*watches_for(slo, goal.objective, library), *more),
        slo.description,
        labels_of(slo, library),
        settings(slo.metadata.annotations).human_horizon_s,
    )
