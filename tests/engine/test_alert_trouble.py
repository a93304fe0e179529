"""Evenings on which several things go wrong at once: nothing is lost, doubled, or ended too early."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import event
from tests.engine.test_alerts import FIRED, RESOLVED, Pager, minutes, quiet, watched
from tests.engine.test_engine import House, apply, batch, run
from tests.engine.test_gather import Evening

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Burn, Policy, Severity
from leeway.core.objective import Method, Objective
from leeway.core.quality import Kind
from leeway.core.window import Rolling
from leeway.engine.alerts import Duties
from leeway.engine.alerts.decided import Record
from leeway.engine.alerts.platform import Platform
from leeway.engine.alerts.watch import Watched, Watcher
from leeway.engine.goal import Goal
from leeway.engine.views import SourceText
from leeway.errors import StoreFull
from leeway.ports.alerts import Alert, Outgoing, Standing, Turn
from leeway.ports.channel import Event, Message
from leeway.ports.decisions import Decision, Verdict
from leeway.ports.kit.memory_alerts import MemoryAlerts
from leeway.ports.kit.memory_decisions import MemoryDecisions
from leeway.ports.kit.memory_silences import MemorySilences
from leeway.ports.outbox import Taken
from leeway.spec.policies import Watch
from leeway.spec.routes import Leg, Role
from leeway.store.state import open_sqlite

BEHIND = (Leg("ann"), Leg("bob", Role.FALLBACK, 60, "ann"))

WHO = """apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: outside}
spec: {channel: inbox, people: 1}
"""


@pytest.fixture
def house():
    """With a pager for those on call."""
    house = House()
    house.pager = house.channels["on-call"] = Pager()
    return house


def test_a_message_that_tells_of_many_is_not_over_while_one_that_joined_it_late_burns():
    """The channel is down; all that waits ends, then more fires and joins it. Its end comes with the last one's."""
    evening = Evening(down=frozenset({"ann"}))
    for number in range(6):
        evening.fire(number)
    evening.step()
    for number in range(6):
        evening.resolve(number)
    evening.until(120)
    evening.fire(6)
    evening.until(200)
    evening.down = frozenset()
    evening.until(400)
    assert evening.got() == ["7 SLOs burn at once, common cause: service shop?"]
    assert evening.got(event=Event.RESOLVED) == []
    evening.resolve(6)
    evening.until(500)
    assert evening.got(event=Event.RESOLVED) == ["Over: 7 SLOs burn at once, common cause: service shop?"]


def test_a_message_that_tells_of_many_ends_though_the_last_of_them_was_told_alone_too():
    """Bob hears of many, and for Ann of one of them by itself; that one ends last, and both messages end."""
    evening = Evening(down=frozenset({"ann"}))
    evening.fire(0, (*BEHIND, Leg("bob")))
    for number in range(1, 7):
        evening.fire(number, (Leg("bob"),))
    evening.until(120)
    assert len(evening.got("bob")) == 2
    for number in (1, 2, 3, 4, 5, 6, 0):
        evening.resolve(number)
        evening.step()
    evening.down = frozenset()
    evening.until(300)
    assert len(evening.got("bob", Event.RESOLVED)) == 2


def test_a_clock_that_is_set_back_neither_loses_an_end_nor_keeps_a_page():
    """By an hour: what was sent in a time to come is no message of the last minutes, and what fired then still ends."""
    evening = Evening(now=7_200.0)
    for number in range(6):
        evening.fire(number, slo="flaps")
        evening.step(100)
    evening.now -= 3_600
    evening.fire(9, slo="flaps")
    evening.resolve(0)
    evening.until(evening.now + 60)
    assert evening.got() == ["flaps burns"] * 7
    assert evening.got(event=Event.RESOLVED) == ["flaps is over"]


def test_who_stands_behind_hears_nothing_of_a_ticket_for_a_held_page_that_is_over():
    """Its key is not that of an alert; else it would be opened after its end, and stay open."""
    evening = Evening(down=frozenset({"ann"}))
    evening.fire(1, BEHIND, Severity.TICKET)
    evening.step()
    held = evening.alerts["k1"]
    evening.resolve(1)
    del evening.store._alerts[held.key]
    evening.until(200)
    assert evening.got("bob") == []


def test_what_joins_a_message_that_has_waited_for_long_is_tried_for_a_day_too():
    """A message is given up a day after it was due at first; so what is new waits in a new one."""
    evening = Evening(down=frozenset({"ann"}))
    for number in range(6):
        evening.fire(number)
    evening.until(13 * 3_600, every=60)
    for number in range(6, 9):
        evening.fire(number)
    evening.until(evening.now + 120)
    waiting = [one for one in evening.store.around(evening.now, limit=1).posted if one.due_at is not None]
    fresh = [one for one in waiting if one.first_due_at >= 13 * 3_600]
    assert sum(int(one.message.facts.get("alerts", "1")) for one in fresh) == 3
    evening.down = frozenset()
    evening.until(evening.now + 120)
    assert sum(int(one.facts.get("alerts", "1")) for _, _, one in evening.arrived) == 9


def test_what_is_asked_again_and_again_does_not_look_at_all_that_ever_was(tmp_path):
    """What waits beside what a recipient got, and how the alerts of one policy ended: by an index each."""
    state = open_sqlite(tmp_path / "state.db")
    alert = Alert("k1", 1, "slo", "main", "fast", Severity.PAGE, "it burns", 0)
    page = Message("k1", Event.FIRED, Severity.PAGE, "slo burns", ())
    state.alerts.record([Turn((1, "fast"), Standing(Life(), "k1"), alert, (Outgoing("ann", page, 0.0),))])
    asked: list[tuple[str, object]] = []

    @event.listens_for(state._engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, *_):
        asked.append((statement, parameters))

    assert state.outbox.around(0.0, limit=5).due
    state.alerts.lasted((1, "fast"))
    event.remove(state._engine, "before_cursor_execute", note)
    assert len(asked) >= 5
    with state._engine.connect() as connection:
        for statement, parameters in asked:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert all(one.startswith("SEARCH") for one in plan if "B-TREE" not in one), (statement, plan)
            if "recipient IN" in statement:
                assert any(wanted in plan[0] for wanted in ("due_at>?", "sent_at>?"))
    state.close()


def test_a_policy_that_is_to_page_from_now_on_pages_for_what_burns_already(house):
    """Its ticket ends, and the page comes; also when the definition was changed while Leeway was stopped."""

    async def story():
        (page,) = watched()
        ticket = SourceText("slo.yaml", page.text.replace("severity: page", "severity: ticket"))
        async with house.open() as engine:
            await apply(engine, (ticket,))
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            assert [(one.event, one.severity) for one in house.pager.got] == [(Event.FIRED, Severity.TICKET)]
            await apply(engine, (page,))
            await minutes(house, engine, 3, 200)
            assert house.pager.told[1:] == [(Event.RESOLVED, Severity.TICKET), FIRED]

    run(story())


def test_a_definition_that_changes_within_the_minute_of_its_alert_fires_under_a_key_of_its_own(house):
    """Else the end of the old alert would end the new one too, where people work."""

    async def story():
        (file,) = watched()
        more = SourceText("slo.yaml", file.text.replace("burnRate: 14.4", "burnRate: 14.3"))
        async with house.open() as engine:
            await apply(engine, (file,))
            await quiet(house, engine)
            while not house.pager.got:
                now = int(house.clock.now()) // 60 * 60
                await engine.push(batch((0, now, 800, 1_000)), None)
                for _ in range(6):
                    await house.pass_time(10)
                    if house.pager.got:
                        break
            await apply(engine, (more,))
            await house.pass_time(20)
            assert house.pager.told == [FIRED, RESOLVED, FIRED]
            first, over, second = (one.key for one in house.pager.got)
            assert first == over != second

    run(story())


def test_a_change_that_cannot_be_stored_at_once_ends_the_alerts_of_what_changed_later():
    """The disk is full when the definitions come into force; the next try knows still what was different."""
    store = MemoryAlerts()
    alert = Alert("k1", 1, "slo", "main", "fast", Severity.PAGE, "it burns", 0)
    store.record([Turn((1, "fast"), Standing(Life(met_since=(None,)), "k1"), alert)])
    watcher = Watcher(store, MemorySilences(), MemoryDecisions())
    watcher.watch([burning("14.4")], 0)
    forget, store.forget = store.forget, full
    with pytest.raises(StoreFull):
        watcher.watch([burning("6")], 60)
    store.forget = forget
    watcher.watch([burning("6")], 120)
    assert store.alert("k1").resolved_at == 120


def test_a_ticket_for_a_held_page_is_opened_though_the_hold_could_not_be_stored_at_first():
    """Decisions are written before they come into force: one that stands alone says nothing of a ticket."""
    store = MemoryDecisions()
    record = Record(store)
    silent = Alert("k1", 1, "slo", "main", "fast", Severity.PAGE, "it burns", 0, suppressed_by=Suppression.SILENCE)
    record.note([Decision("k1", 1.0, Verdict.KEPT, "silenced", Suppression.SILENCE)])
    assert not record.was_held(silent)
    record.note([Decision("k1", 2.0, Verdict.KEPT, "held", Suppression.HOLD)])
    assert not Record(store).was_held(silent)
    record.note([Decision("k1", 3.0, Verdict.KEPT, "silenced", Suppression.SILENCE)])
    assert Record(store).was_held(silent)


def test_what_was_doubted_is_not_remembered_once_it_is_written_down():
    """It is over as soon as it is recorded; else a year of doubts would fill the memory."""
    record = Record(MemoryDecisions())
    record.note([Decision(f"k{n}", 1.0, Verdict.KEPT, "doubted", Suppression.DOUBT) for n in range(9)])
    assert record._newest == {}


def burning(rate):
    """A goal that is watched by one policy with this burn rate."""
    objective = Objective("main", Method.OCCURRENCES, Fraction(999, 1_000), Rolling(28 * 86_400))
    goal = Goal(1, "slo", "shop", objective, 1, Kind.COUNTS, 1)
    return Watched(goal, (Watch(Policy("fast", Severity.PAGE, ((Burn(Fraction(rate), 3_600),),))),))


def full(*_):
    """No room."""
    raise StoreFull("the disk is full")


def test_who_cannot_be_told_is_one_ticket_to_the_owner_also_across_restarts():
    """It is told once while it lasts, and its end is told by whichever process sees it."""
    outbox = MemoryAlerts()
    page = Taken(1, "on-call", Message("k1", Event.FIRED, Severity.PAGE, "it burns", ()), 5, 0.0)

    def told():
        posted = outbox.around(1e9, limit=100).posted
        return [(one.message.event, one.message.key) for one in posted]

    def process():
        return Platform(Duties("platform"), outbox)

    before = process()
    before.works("on-call", 10.0)
    before.failed(page, "no answer", 400.0)
    after = process()
    after.failed(page, "no answer", 500.0)
    after.failed(page, "no answer", 510.0)
    ((_, key),) = told()
    last = process()
    last.works("on-call", 600.0)
    last.works("on-call", 601.0)
    assert told() == [(Event.FIRED, key), (Event.RESOLVED, key)]
    last.failed(page, "no answer", 700.0)
    assert told()[2:] == [(Event.FIRED, key)]


def test_a_heart_goes_on_to_beat_when_the_clock_is_set_back(house):
    """By an hour: else the watchdog outside would page for an hour, though all is well."""
    house.duties = Duties("", "outside")
    outside = house.channels["outside"] = Pager()

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("who.yaml", WHO),))
            await house.pass_time(180)
            before = len(outside.got)
            assert before
            house.clock.jump(-3_600)
            await house.pass_time(300)
            assert len(outside.got) >= before + 4

    run(story())


def test_who_takes_the_ticket_for_a_held_page_takes_the_page(house):
    """The ticket has a key of its own; the page, if it still comes, goes no higher."""

    async def story():
        alert = Alert("k1", 1, "slo", "main", "fast", Severity.PAGE, "it burns", 0, suppressed_by=Suppression.HOLD)
        house.alerts.record([Turn((1, "fast"), Standing(Life(), "k1"), alert)])
        (taken,) = await house.alarm().acknowledge("k1/held", "ann")
        assert (taken.key, taken.acknowledged_by) == ("k1", "ann")

    run(story())
