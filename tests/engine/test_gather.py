"""Who is told what when much waits: laws for any evening, and the evenings that people tell of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Severity
from leeway.engine.alerts import words
from leeway.engine.alerts.gather import AT_MOST, HOURLY, WITHIN_S, gather
from leeway.ports.alerts import Alert, Outgoing, Standing, Turn
from leeway.ports.channel import Event, Message
from leeway.ports.kit.memory_alerts import MemoryAlerts
from leeway.spec.routes import Leg, Role

LEASE_S, AGAIN_S = 60.0, 30.0
ANN = (Leg("ann"),)


@dataclass
class Evening:
    """The outbox, channels that may be down, and what arrived where; time goes in seconds from 0."""

    store: MemoryAlerts = field(default_factory=MemoryAlerts)
    down: frozenset[str] = frozenset()
    forgetful: frozenset[str] = frozenset()
    now: float = 0.0
    arrived: list[tuple[float, str, Message]] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)

    def fire(self, number, route=ANN, severity=Severity.PAGE, slo=None, **facts):
        """An alert, put out for its route."""
        key, slo = f"k{number}", slo or f"slo-{number}"
        alert = Alert(key, number, slo, "main", "fast", severity, "it burns", int(self.now), sent_at=int(self.now))
        message = Message(key, Event.FIRED, severity, f"{slo} burns", (), slo, "main", "shop", "fast", self.now)
        message = replace(message, facts={words.LABEL + name: value for name, value in facts.items()})
        out = [
            Outgoing(leg.recipient, words.along(leg, message), self.now + leg.after_s, leg.role, leg.stands_for)
            for leg in route
        ]
        self.alerts[key] = alert
        self.store.record([Turn((number, "fast"), Standing(Life(), key), alert, tuple(out))])

    def resolve(self, number):
        """It burns no more."""
        alert = self.alerts[f"k{number}"] = replace(self.alerts[f"k{number}"], resolved_at=int(self.now))
        over = Message(alert.key, Event.RESOLVED, alert.severity, f"{alert.slo} is over", (), alert.slo, at=self.now)
        self.store.record([Turn((number, "fast"), Standing(Life()), alert, ended=(over,))])

    def step(self, seconds=1.0):
        """Time passes; then everything that is due is settled and tried once."""
        self.now += seconds
        for _ in range(3):  # what is told together is due at once
            around = self.store.around(self.now, limit=5_000)
            settlement = gather(around, self.now, words.together, words.together_over)
            for one in self.store.settle(settlement, self.now, lease_s=LEASE_S):
                if one.recipient in self.down:
                    self.store.postpone(one.number, error="down", until=self.now + AGAIN_S)
                else:
                    self.arrived.append((self.now, one.recipient, one.message))
                    again = one.recipient in self.forgetful and one.message.event is Event.FIRED
                    again_at = self.now + 60 if again else None
                    self.store.delivered(one.number, at=self.now, reference="", again_at=again_at)

    def until(self, time, every=5.0):
        """Steps up to this time."""
        while self.now < time:
            self.step(min(every, time - self.now))

    def got(self, recipient="ann", event=Event.FIRED):
        """Titles that arrived."""
        return [one.title for _, who, one in self.arrived if who == recipient and one.event is event]


# laws

alone = st.just([Leg("ann")])
routes = alone | st.lists(
    st.sampled_from(
        [
            Leg("ann"),
            Leg("bob"),
            Leg("bob", Role.FALLBACK, 60, "ann"),
            Leg("lead", Role.ESCALATION, 300),
        ]
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda leg: (leg.recipient, leg.role),
)
waits = st.tuples(st.just("wait"), st.sampled_from([1.0, 7.0, 20.0, 61.0, 301.0]))
deeds = st.one_of(
    st.tuples(st.just("fire"), st.integers(0, 3), routes, st.sampled_from(Severity)),
    st.tuples(st.just("storm"), st.integers(2, 7)),
    st.tuples(st.sampled_from(["resolve", "ack"]), st.integers(0, 3)),
    waits,
    st.tuples(st.just("down"), st.frozensets(st.sampled_from(["ann", "bob", "lead"]))),
    st.just(("down", frozenset())),
    waits,
)


def lived(drawn):
    """An evening in which this happened, and then all was well for hours."""
    evening, number = Evening(), 0
    for deed, *what in drawn:
        match deed:
            case "fire":
                evening.fire(number, what[1], what[2], slo=f"slo-{what[0]}")
                number += 1
            case "storm":
                for _ in range(what[0]):
                    evening.fire(number)
                    number += 1
            case "resolve" | "ack":
                up = [one for one in range(number) if evening.alerts[f"k{one}"].resolved_at is None]
                if up and deed == "resolve":
                    evening.resolve(up[-1 - what[0] % len(up)])
                elif up:
                    evening.store.acknowledge(f"k{up[0]}", by="ann", at=evening.now)
            case "down":
                evening.down = what[0]
            case "wait":
                evening.until(evening.now + what[0])
    evening.down = frozenset()
    evening.until(evening.now + 4 * 3_600, every=60.0)
    return evening


@given(st.lists(deeds, max_size=40))
def test_nobody_gets_more_than_they_can_read_and_nothing_is_lost(drawn):
    """Whatever fires, ends, is taken, and fails: the limits hold, and all who are named know all at the end."""
    evening = lived(drawn)
    posted = evening.store.around(evening.now + 1e9, limit=1).posted
    assert [one for one in posted if one.due_at is not None] == []
    for who in ("ann", "bob", "lead"):
        for severity in Severity:
            fired = [
                (at, one) for at, to, one in evening.arrived if (to, one.severity) == (who, severity) and fires(one)
            ]
            for at, _ in fired:
                assert sum(at - WITHIN_S < other <= at for other, _ in fired) <= AT_MOST
                for slo in {one.slo for _, one in fired} - {""}:
                    heard = [other for other, one in fired if one.slo == slo and at - 3_600 < other <= at]
                    assert len(heard) <= HOURLY
    arrived = {(who, one.key, one.event) for _, who, one in evening.arrived}
    for one in posted:
        if one.role is Role.NAMED and one.message.event is Event.FIRED:
            assert (one.recipient, one.together or one.message.key, Event.FIRED) in arrived


def fires(message):
    """True for what tells of a fire."""
    return message.event is Event.FIRED


@given(st.lists(deeds, max_size=40))
def test_an_end_is_told_once_and_only_after_its_beginning(drawn):
    """To whoever heard of the beginning, alone or together; nobody hears a key end that they never heard begin."""
    evening = lived(drawn)
    for place, (_, who, one) in enumerate(evening.arrived):
        same = [each.event for _, to, each in evening.arrived[:place] if (to, each.key) == (who, one.key)]
        if one.event is Event.RESOLVED:
            assert Event.FIRED in same
            assert Event.RESOLVED not in same
    ended = {(who, one.key) for _, who, one in evening.arrived if one.event is Event.RESOLVED}
    for _, who, one in evening.arrived:
        if one.event is Event.FIRED and one.key in evening.alerts and evening.alerts[one.key].resolved_at is not None:
            assert (who, one.key) in ended


# stories


def test_a_thousand_slos_burn_at_once_and_one_message_says_so():
    """A shared database dies: one page for all, with what they have in common; it ends when the last of them does."""
    evening = Evening()
    for number in range(1_000):
        evening.fire(number, database="orders", team=f"t{number % 7}")
    evening.until(60)
    assert evening.got() == ["1,000 SLOs burn at once, common cause: database orders, service shop?"]
    ((_, _, told),) = evening.arrived
    assert told.lines[0] == "All have in common: database orders, service shop."
    assert told.facts["alerts"] == "1000"
    for number in range(999):
        evening.resolve(number)
    evening.until(120)
    assert evening.got(event=Event.RESOLVED) == []
    evening.resolve(999)
    evening.until(180)
    assert evening.got(event=Event.RESOLVED) == [
        "Over: 1,000 SLOs burn at once, common cause: database orders, service shop?"
    ]
    assert evening.arrived[-1][2].key == told.key


def test_what_keeps_coming_is_told_five_times_in_five_minutes_and_none_is_lost():
    """Two new alerts each ten seconds, for ten minutes."""
    evening = Evening()
    for number in range(120):
        evening.fire(number)
        if number % 2:
            evening.step(10)
    evening.until(1_200)
    assert len([at for at, _, _ in evening.arrived if at <= 300]) == AT_MOST
    assert {one.together or one.message.key for one in evening.store.around(1e9, limit=1).posted} >= {
        one.key for _, _, one in evening.arrived
    }
    said = sum(int(one.facts.get("alerts", "1")) for _, _, one in evening.arrived)
    assert said == 120


@pytest.mark.parametrize("minutes", [1, 30])
def test_a_page_whose_channel_fails_reaches_the_fallback_after_a_minute_and_its_own_when_it_recovers(minutes):
    """The fallback is told why; both hear of the end."""
    evening = Evening(down=frozenset({"ann"}))
    evening.fire(1, (Leg("ann"), Leg("bob", Role.FALLBACK, 60, "ann")))
    evening.until(59)
    assert evening.arrived == []
    evening.until(66)
    assert evening.got("bob") == ["slo-1 burns"]
    assert evening.arrived[0][2].lines[0] == "ann could not be reached; so you are told."
    evening.until(60 + minutes * 60)
    evening.down = frozenset()
    recovered = evening.now
    evening.until(recovered + 60)
    assert evening.got("ann") == ["slo-1 burns"]
    evening.resolve(1)
    evening.until(evening.now + 30)
    assert (evening.got("ann", Event.RESOLVED), evening.got("bob", Event.RESOLVED)) == (["slo-1 is over"],) * 2


def test_a_fallback_hears_nothing_while_the_channel_works():
    """Nor when many wait for their turn: that is no failure."""
    evening = Evening()
    for number in range(40):
        evening.fire(number, (Leg("ann"), Leg("bob", Role.FALLBACK, 60, "ann")))
        evening.step(3)
    evening.until(900)
    assert evening.got("bob") == []
    assert len(evening.got("ann")) > 1


def test_a_page_that_nobody_takes_goes_higher_and_one_that_is_taken_does_not():
    """After a quarter of an hour to the lead, or to who stands behind a lead that cannot be reached."""
    route = (Leg("ann"), Leg("lead", Role.ESCALATION, 900), Leg("desk", Role.ESCALATION, 960, "lead"))
    evening = Evening()
    evening.fire(1, route)
    evening.fire(2, route)
    evening.fire(3, route)
    evening.until(600)
    evening.store.acknowledge("k2", by="ann", at=evening.now)
    evening.resolve(3)
    evening.until(1_200)
    assert evening.got("lead") == ["Not taken: slo-1 burns"]
    assert evening.got("desk") == []
    assert evening.got("lead", Event.RESOLVED) == []
    away = Evening(down=frozenset({"lead"}))
    away.fire(1, route)
    away.until(1_200)
    assert away.got("desk") == ["Not taken: slo-1 burns"]
    lines = away.arrived[-1][2].lines
    assert lines[:2] == (
        "Nobody has taken this page for 16 minutes; so you are told.",
        "lead could not be reached; so you are told.",
    )


def test_an_slo_that_flaps_is_told_of_six_times_an_hour():
    """What comes beyond is told together when the hour has room again."""
    evening = Evening()
    for number in range(12):
        evening.fire(number, slo="flaps")
        evening.step(120)
        evening.resolve(number)
        evening.step(120)
    assert evening.got() == ["flaps burns"] * HOURLY
    evening.until(3_600 + 1_500)
    assert evening.got()[HOURLY:] == ["flaps: 6 more alerts"]


def test_all_that_fails_while_a_channel_is_down_arrives_within_a_minute_of_its_return():
    """Thirty minutes of a dead notifier, an alert each minute: few messages wait, and they tell of all."""
    evening = Evening(down=frozenset({"ann"}))
    for number in range(30):
        evening.fire(number)
        evening.until(evening.now + 60)
    evening.down = frozenset()
    recovered = evening.now
    evening.until(recovered + 60)
    assert sum(int(one.facts.get("alerts", "1")) for _, _, one in evening.arrived) == 30


def test_what_is_still_under_way_counts_as_told():
    """Four pages are being retried when three more fire: these come as one, so that all of them are five."""
    evening = Evening(down=frozenset({"ann"}))
    for number in range(4):
        evening.fire(number)
        evening.step(4)
    for number in range(4, 7):
        evening.fire(number)
    evening.step(1)
    evening.down = frozenset()
    evening.until(299, every=1.0)
    together = "3 SLOs burn at once, common cause: service shop?"
    assert sorted(evening.got()) == [together, *(f"slo-{number} burns" for number in range(4))]


@pytest.mark.parametrize("failing", ["ann", "bob", "both"])
def test_one_fallback_stands_for_two_and_is_told_once(failing):
    """Whichever of them cannot be reached."""
    down = frozenset({"ann", "bob"}) if failing == "both" else frozenset({failing})
    route = (Leg("ann"), Leg("bob"), *(Leg("desk", Role.FALLBACK, 60, name) for name in ("ann", "bob")))
    evening = Evening(down=down)
    evening.fire(1, route)
    evening.until(400)
    assert evening.got("desk") == ["slo-1 burns"]


def test_who_forgets_is_told_again_until_it_is_over_and_that_takes_nobodys_place():
    """Each minute under the same key; others are told as ever; after the end nothing more."""
    evening = Evening(forgetful=frozenset({"ann"}))
    evening.fire(1)
    evening.until(3_000)
    assert 45 <= len(evening.got()) <= 51
    for number in range(2, 5):
        evening.fire(number)
    evening.step(1)
    assert evening.got()[-3:] == ["slo-2 burns", "slo-3 burns", "slo-4 burns"]
    for number in range(1, 5):
        evening.resolve(number)
    evening.until(3_100)
    told = len(evening.arrived)
    assert len(evening.got(event=Event.RESOLVED)) == 4
    evening.until(6_000)
    assert len(evening.arrived) == told


def test_many_together_are_told_again_too_where_they_are_forgotten():
    """As one, until the last of them is over."""
    evening = Evening(forgetful=frozenset({"ann"}))
    for number in range(20):
        evening.fire(number)
    evening.until(600)
    assert set(evening.got()) == {"20 SLOs burn at once, common cause: service shop?"}
    assert len(evening.got()) >= 9
    for number in range(20):
        evening.resolve(number)
    evening.until(700)
    assert len(evening.got(event=Event.RESOLVED)) == 1
    told = len(evening.arrived)
    evening.until(2_000)
    assert len(evening.arrived) == told
