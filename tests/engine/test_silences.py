"""Stories of silences in the whole engine: what is kept from people, what is told afterwards, and what is refused."""

from __future__ import annotations

import pytest
from tests.engine.test_alerts import FIRED, RESOLVED, Pager, minutes, quiet, watched
from tests.engine.test_engine import House, apply, batch, run

from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Severity
from leeway.core.alerting.silence import Scope
from leeway.engine.alerts.silences import LONGEST_S, SilenceWish, judged
from leeway.errors import Conflict, Invalid, NotFound
from leeway.ports.alerts import Alert, Standing, Turn
from leeway.ports.channel import Event
from leeway.ports.decisions import Verdict

BAR = Scope(slo="bar")
MINUTE, HOUR = 60, 3_600


@pytest.fixture
def house():
    house = House()
    house.pager = house.channels["on-call"] = Pager()
    return house


def wish(scope=BAR, **more):
    return SilenceWish(scope, "ann", "a new database", **({"lasts_s": HOUR} | more))


async def said(engine, slo="bar"):
    """What was decided about the SLO's alerts, newest first."""
    alerts = await engine.alarm.alerts(slo, up=False, limit=10)
    return [(one.verdict, one.words) for one in await engine.alarm.decisions(alerts)]


def test_a_planned_maintenance_keeps_a_page_from_people_until_it_ends_and_it_still_burns(house):
    """Planned before, in force when it begins; the alert is up and shown; what still burns afterwards is told once."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            begin = int(house.clock.now()) // 60 * 60 + 5 * MINUTE
            kept = await engine.alarm.silences.add(wish(starts_at=begin, lasts_s=20 * MINUTE))
            assert (kept.objectives, kept.alerts) == (1, ())
            await minutes(house, engine, 5, 0)
            await minutes(house, engine, 20, 200)
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert (house.pager.got, alert.sent_at, alert.suppressed_by) == ([], None, "silence")
            await minutes(house, engine, 10, 200)
            assert house.pager.told == [FIRED]
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert alert.suppressed_by is None
            assert begin + 25 * MINUTE <= alert.sent_at <= begin + 27 * MINUTE
            await minutes(house, engine, 20, 0)
            assert house.pager.told == [FIRED, RESOLVED]
            until = "silenced by ann until 2026-09-04T12:25:00Z: a new database"
            assert await said(engine) == [
                (Verdict.ENDED, "it burns no more"),
                (Verdict.SENT, "told on-call"),
                (Verdict.KEPT, f"{until}; whether it burns since then cannot be told yet"),
                (Verdict.KEPT, until),
            ]

    run(story())


def test_work_that_went_well_wakes_nobody_not_even_afterwards(house):
    """The last minute of the work is still in the windows when it ends: that is no reason to wake anybody."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await engine.alarm.silences.add(wish(lasts_s=20 * MINUTE))
            await minutes(house, engine, 20, 200)
            await minutes(house, engine, 20, 0)
            (alert,) = await engine.alarm.alerts("bar", up=False, limit=10)
            assert alert.resolved_at is not None
            assert house.pager.got == []
            assert (await said(engine))[0] == (Verdict.ENDED, "it burns no more")

    run(story())


def test_a_silence_that_somebody_ends_is_over(house):
    """Also one that survived a restart; the record says who ended it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            kept = await engine.alarm.silences.add(wish(lasts_s=24 * HOUR))
            await minutes(house, engine, 10, 200)
        async with house.open() as engine:
            await minutes(house, engine, 5, 200)
            assert house.pager.got == []
            await engine.alarm.silences.end(kept.silence.number, "bob")
            await minutes(house, engine, 7, 200)
            assert house.pager.told == [FIRED]
            assert await engine.alarm.silences.silences() == ()
            (over,) = await engine.alarm.silences.silences(over=True)
            assert (over.ended_by, over.why) == ("bob", "a new database")
            with pytest.raises(Conflict):
                await engine.alarm.silences.end(over.number, "bob")
            with pytest.raises(NotFound):
                await engine.alarm.silences.end(77, "bob")

    run(story())


def test_what_was_told_before_a_silence_is_told_to_be_over_in_it(house):
    """Who was woken learns that it is over."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            covered = await engine.alarm.silences.add(wish())
            assert [one.key for one in covered.alerts] == [house.pager.got[0].key]
            await minutes(house, engine, 20, 0)
            assert house.pager.told == [FIRED, RESOLVED]

    run(story())


def test_labels_of_an_slo_and_of_its_service_silence_it(house):
    """Each to the character."""
    service = (
        "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: bar, labels: {floor: [first, cellar]}}\nspec: {}\n"
    )

    async def story():
        (file,) = watched()
        text = file.text.replace("metadata: {name: bar}", "metadata: {name: bar, labels: {team: night}}")
        async with house.open() as engine:
            await apply(engine, (type(file)("slo.yaml", f"{text}---\n{service}"),))
            for labels in [(("team", "night"),), (("team", "night"), ("floor", "cellar"))]:
                found = await engine.alarm.silences.add(wish(Scope(labels=labels)), dry_run=True)
                assert found.objectives == 1
            with pytest.raises(Invalid, match="label 'floor=cellars'") as refused:
                await engine.alarm.silences.add(wish(Scope(labels=(("floor", "cellars"),))))
            assert refused.value.mend == "did you mean `floor=cellar`?"
            assert await engine.alarm.silences.silences(over=True) == ()

    run(story())


@pytest.mark.parametrize(
    ("scope", "told", "mend"),
    [
        (Scope(slo="bat"), "the SLO 'bat'", "did you mean `bar`?"),
        (Scope(policy="burn"), "the alert policy 'burn'", "did you mean `burns`?"),
        (Scope(service="kitchen"), "the service 'kitchen'", "there is for example bar"),
        (Scope(labels=(("team", "day"),)), "the label 'team=day'", "there is none yet"),
        (Scope(slo="bar", service="cellar"), "no objective agrees with all of this", "leave a part out"),
    ],
)
def test_a_silence_about_nothing_is_refused_with_what_was_perhaps_meant(house, scope, told, mend):
    """A slip would leave people believing that it is quiet."""
    other = watched()[0].text.replace("name: bar}", "name: tap}").replace("service: bar", "service: cellar")

    async def story():
        async with house.open() as engine:
            (file,) = watched()
            both = f"{other.partition('---')[0]}---{file.text}"
            await apply(engine, (type(file)("slo.yaml", both),))
            with pytest.raises(Invalid) as refused:
                await engine.alarm.silences.add(wish(scope))
            assert told in refused.value.message
            assert mend in refused.value.mend

    run(story())


NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (wish(Scope()), "says what it is about"),
        (wish(everything=True), "about everything, and about a part"),
        (SilenceWish(BAR, "ann", " \n", lasts_s=60.0), "says why"),
        (SilenceWish(BAR, "", "because", lasts_s=60.0), "says who"),
        (wish(ends_at=NOW + 60), "has one end"),
        (wish(lasts_s=None), "has one end"),
        (wish(starts_at=NOW - 61), "begin in the past"),
        (wish(lasts_s=None, ends_at=NOW), "over already"),
        (wish(lasts_s=None, starts_at=NOW + 60, ends_at=NOW + 60), "end before it begins"),
        (wish(lasts_s=LONGEST_S + 1), "at most"),
    ],
)
def test_a_silence_that_says_too_little_or_lasts_too_long_is_refused(wrong, told):
    """Each with what to do instead."""
    with pytest.raises(Invalid) as refused:
        judged(wrong, NOW)
    assert told in refused.value.message
    assert refused.value.mend


def test_a_silence_may_last_for_thirty_days_and_begin_by_a_clock_that_is_behind():
    """A minute counts as now; a reason is kept as one line."""
    kept = judged(SilenceWish(BAR, "ann", "one\ntwo\x1b", NOW - 60, lasts_s=LONGEST_S), NOW)
    assert (kept.starts_at, kept.ends_at, kept.why) == (NOW, NOW - 60 + LONGEST_S, "one two")
    assert judged(wish(Scope(), everything=True), NOW).scope.everything


def test_who_got_the_ticket_of_a_held_page_is_told_of_its_end_in_a_silence_too(house):
    """Held back with a ticket, then silenced, then over: the ticket is closed, and the page never comes."""
    (file,) = watched()
    slow = file.text.replace("{burnRate: 14.4, long: 1h, short: 5m}", "{burnRate: 0.5, long: 6h, short: 30m}")
    number, begin = 1, 20_700 * 86_400
    past = [
        Alert(
            f"k{each}",
            number,
            "bar",
            "main",
            "burns",
            Severity.PAGE,
            "",
            begin - 3_600 * each,
            3_000 + begin - 3_600 * each,
        )
        for each in range(1, 41)
    ]
    ticket = (Event.FIRED, Severity.TICKET), (Event.RESOLVED, Severity.TICKET)

    async def story():
        async with house.open() as engine:
            await apply(engine, (type(file)("slo.yaml", slow),))
            now = int(house.clock.now()) // 60 * 60
            await engine.push(batch(*((0, now - 60 * back, 1_000, 1_000) for back in range(1, 5_000))), None)
            await house.pass_time(10)
            house.alerts.record([Turn((number, "burns"), Standing(Life()), one) for one in past])
            await minutes(house, engine, 15, 20)
            assert house.pager.told == [ticket[0]]
            await engine.alarm.silences.add(wish(lasts_s=3 * HOUR))
            await minutes(house, engine, 5, 20)
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert alert.suppressed_by == "silence"
            await minutes(house, engine, 35, 0)
            assert house.pager.told == list(ticket)
            words = [words for _, words in await said(engine)]
            assert [one.split(" ")[0] for one in words] == ["it", "silenced", "held"]

    run(story())
