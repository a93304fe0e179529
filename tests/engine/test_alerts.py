"""Stories of alerts in the whole engine: who is told, when, how often, and what a crash changes."""

import asyncio

import pytest
from tests.engine.test_engine import SLO, House, apply, batch, run

from leeway.app import open_channel
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.engine.views import SourceText
from leeway.errors import Denied, Invalid, Throttled, Transient
from leeway.net import Outside
from leeway.ports.channel import Delivered, Event, Manifest
from leeway.spec.documents import Metadata, Recipient

POLICY = """  alertPolicies: [{alertPolicyRef: burns}]
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: burns}
spec:
  severity: page
  conditions: [{burnRate: 14.4, long: 1h, short: 5m}]
  notify: [on-call]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1}
"""


class Pager:
    """A channel that keeps what it is handed, and fails as it is told."""

    def __init__(self):
        self.got, self.failures = [], []
        self.manifest = Manifest("pager", "Pager", frozenset())

    async def send(self, message):
        if self.failures:
            raise self.failures.pop(0)
        self.got.append(message)
        return Delivered(f"#{len(self.got)}", ("a peer is down",))

    async def close(self):
        self.closed = True

    @property
    def told(self):
        return [(message.event, message.severity) for message in self.got]


@pytest.fixture
def house():
    house = House()
    house.pager = house.channels["on-call"] = Pager()
    return house


def watched():
    text = SLO.format(name="bar", what="greeted", window="30d", target=0.999)
    return (SourceText("slo.yaml", text + POLICY),)


async def quiet(house, engine):
    """An hour and more in which all were greeted."""
    now = int(house.clock.now()) // 60 * 60
    await engine.push(batch(*((0, now - 60 * back, 1_000, 1_000) for back in range(1, 71))), None)
    await house.pass_time(10)


async def minutes(house, engine, count, bad):
    """So many minutes in which `bad` of 1,000 guests are not greeted."""
    for _ in range(count):
        now = int(house.clock.now()) // 60 * 60
        await engine.push(batch((0, now, 1_000 - bad, 1_000)), None)
        await house.pass_time(60)


FIRED, RESOLVED = (Event.FIRED, Severity.PAGE), (Event.RESOLVED, Severity.PAGE)


def test_a_fast_burn_pages_one_person_once_and_tells_when_it_is_over(house):
    """Twenty minutes at 20 %, an hour without: one page in plain words, one resolution with the same key."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            assert house.pager.got == []
            await minutes(house, engine, 20, 200)
            assert house.pager.told == [FIRED]
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert alert.key == house.pager.got[0].key
            assert alert.sent_at == alert.fired_at
            await minutes(house, engine, 20, 0)
            assert house.pager.told == [FIRED, RESOLVED]
            page, over = house.pager.got
            assert over.key == page.key
            assert page.title == "bar / main: the error budget burns fast"
            assert any(line.startswith("Of the error budget") for line in page.lines)
            assert page.lines[0] == "guests are greeted"
            (told, _) = await engine.alarm.deliveries(alert.key)
            assert (told.recipient, told.reference, told.attempts) == ("on-call", "#1", 1)
            assert told.notes == ("a peer is down",)
            assert await engine.alarm.alerts("bar", up=True, limit=10) == ()

    run(story())


def test_a_restart_in_the_middle_neither_loses_nor_repeats_a_page(house):
    """The alert is up, Leeway is stopped, and comes back: nothing is said twice; the end is told."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
        async with house.open() as engine:
            await minutes(house, engine, 10, 200)
            assert house.pager.told == [FIRED]
            await minutes(house, engine, 20, 0)
            assert house.pager.told == [FIRED, RESOLVED]

    run(story())


@pytest.mark.parametrize(
    "failures",
    [
        [Transient("no answer")] * 3,
        [Throttled("slower", retry_after_s=90.0)],
        [Denied("who are you?")],
    ],
    ids=["no answer", "429", "401"],
)
def test_a_channel_that_fails_is_asked_again_until_it_takes_the_page(house, failures):
    """Also what only a person can mend: the page waits for it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            house.pager.failures = list(failures)
            await minutes(house, engine, 10, 200)
            assert house.pager.told == [FIRED]
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            (told,) = await engine.alarm.deliveries(alert.key)
            assert told.attempts == len(failures) + 1

    run(story())


def test_a_page_decided_before_a_crash_is_sent_after_it(house):
    """Killed between the decision and the delivery: the message waits in the store."""

    async def story():
        house.pager.failures = [Transient("cut off")]
        async with house.open() as engine:
            engine.alarm.start = lambda: None
            await apply(engine, watched())
            await engine.alarm.close()
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            assert house.pager.got == []
        house.pager.failures = []
        async with house.open():
            await house.pass_time(10)
            assert house.pager.told == [FIRED]

    run(story())


def test_who_takes_an_alert_is_kept(house):
    """By name and time; it stays up until the burn ends."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            (alert,) = await engine.alarm.alerts(None, up=True, limit=10)
            (taken,) = await engine.alarm.acknowledge(alert.key, "ann")
            assert taken.acknowledged_by == "ann"
            await minutes(house, engine, 5, 200)
            (still,) = await engine.alarm.alerts(None, up=True, limit=10)
            assert still.acknowledged_by == "ann"

    run(story())


def test_an_slo_that_is_deleted_takes_its_alert_with_it(house):
    """Whoever was told is told that nobody looks at it any more: else it would stay open where they work."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            await engine.delete("SLO", "bar", by="ann")
            await house.pass_time(60)
            (alert,) = await engine.alarm.alerts(None, up=False, limit=10)
            assert alert.resolved_at is not None
            assert house.pager.told == [FIRED, RESOLVED]
            assert house.pager.got[1].title == "bar / main: not watched by burns any more"

    run(story())


def test_two_policies_that_are_alike_each_tell_their_own(house):
    """The same conditions under two names: neither swallows the other."""

    async def story():
        (file,) = watched()
        twin = POLICY.partition("---\n")[2].partition("---\n")[0].replace("name: burns", "name: twin")
        text = file.text.replace("[{alertPolicyRef: burns}]", "[{alertPolicyRef: burns}, {alertPolicyRef: twin}]")
        async with house.open() as engine:
            await apply(engine, (SourceText("slo.yaml", f"{text}---\n{twin}"),))
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            assert sorted(message.policy for message in house.pager.got) == ["burns", "twin"]

    run(story())


def test_a_policy_whose_conditions_change_begins_anew(house):
    """In the middle of an alert: the old one ends, the new one fires by its own conditions, and nothing breaks."""

    async def story():
        (file,) = watched()
        more = file.text.replace("short: 5m}]", "short: 5m}, {burnRate: 6, long: 6h, short: 30m}]")
        async with house.open() as engine:
            await apply(engine, (file,))
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            await apply(engine, (SourceText("slo.yaml", more),))
            await minutes(house, engine, 3, 200)
            assert engine.health().ready
            assert house.pager.told == [FIRED, RESOLVED, FIRED]
            (up,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert up.key == house.pager.got[2].key != house.pager.got[0].key

    run(story())


def test_time_that_nobody_lived_through_is_looked_at_once(house):
    """An outage of Leeway itself: data of an hour arrives at once, and one page follows."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            begin = int(house.clock.now())
            house.clock.jump(1_800)
            rows = [(0, begin // 60 * 60 + 60 * minute, 800, 1_000) for minute in range(30)]
            await engine.push(batch(*rows), None)
            await house.pass_time(60)
            await asyncio.sleep(0)
            assert house.pager.told == [FIRED]

    run(story())


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"channel": "webhok"}, "no channel is called 'webhok'"),
        ({"channel": "webhook", "settings": {"ur1": "https://example.org"}}, "ur1"),
        ({"channel": "slack", "settings": {"webhook": "https://hooks.example.org/T/s3cret"}}, "webhook"),
    ],
)
def test_a_recipient_whose_channel_cannot_be_built_is_refused_with_its_name(spec, told):
    """A misspelt channel, a misspelt setting, a secret written in plain: told when it is applied, not at night."""
    recipient = Recipient(Metadata("on-call"), spec["channel"], spec.get("settings", {}))
    with pytest.raises(Invalid) as refused:
        open_channel(recipient, Outside(House().clock))
    assert told in f"{refused.value} {refused.value.mend}"
    assert "Recipient on-call" in refused.value.place
    assert "s3cret" not in str(refused.value)


def test_a_recipient_reads_the_page_in_words_of_his_own(house):
    """By his template as it stands now; the alert and its key are the same."""
    template = "template: {title: '{{ slo }} by {{ policy }}', text: '{{ lines|first }}'}"

    async def story():
        async with house.open() as engine:
            (plain,) = watched()
            own = plain.text.replace("{channel: inbox, people: 1}", f"{{channel: inbox, people: 1, {template}}}")
            await apply(engine, (SourceText("slo.yaml", own),))
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            (page,) = house.pager.got
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
            assert (page.key, page.title, page.lines) == (alert.key, "bar by burns", ("guests are greeted",))

    run(story())


def test_what_is_not_believed_pages_nobody_and_is_on_record_with_the_reason(house):
    """One minute in six has rows, and they are bad: the figures stand, but too little is seen. Told once an hour."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            now = int(house.clock.now()) // 60 * 60
            await engine.push(batch(*((0, now - 60 * back, 500, 1_000) for back in range(6, 121, 6))), None)
            await house.pass_time(60)
            for _ in range(5):
                now = int(house.clock.now()) // 60 * 60
                await engine.push(batch((0, now, 500, 1_000)), None)
                await house.pass_time(360)
            assert house.pager.got == []
            (alert,) = await engine.alarm.alerts("bar", up=False, limit=10)
            assert (alert.suppressed_by, alert.sent_at) == (Suppression.DOUBT, None)
            assert alert.reasons[-1].startswith("only ")
            assert alert.reasons[-1].endswith("of 1 hour is seen")
            assert await engine.alarm.alerts("bar", up=True, limit=10) == ()
            (decision,) = await engine.alarm.decisions([alert])
            assert decision.reason is Suppression.DOUBT

    run(story())


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("{channel: inbox, people: 1, template: {text: '{{ range(9) }}'}}", "template-flaw"),
        ("{channel: apprise, people: 1, settings: {url: 'http://a.example', key: a, tags: [a]}}", "page-by-message"),
    ],
)
def test_words_that_would_fail_and_channels_that_take_no_pages_are_refused_at_plan_and_apply(house, recipient, code):
    """Nothing of it is stored: at night it would be too late to know."""

    async def story():
        async with house.open() as engine:
            (plain,) = watched()
            files = (SourceText("slo.yaml", plain.text.replace("{channel: inbox, people: 1}", recipient)),)
            plan = await engine.plan(files, prune=False)
            assert plan.refused
            assert code in [one.code for one in plan.findings]
            with pytest.raises(Invalid):
                await apply(engine, files)
            assert await engine.alarm.alerts(None, up=True, limit=1) == ()

    run(story())


def test_what_was_sent_is_not_unsent_but_its_end_tells_what_came_later(house):
    """A pipeline lost good events, paged, and delivers them late: the alert ends, and says that it was none."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            began = int(house.clock.now()) // 60 * 60
            await minutes(house, engine, 10, 200)
            assert house.pager.told == [FIRED]
            await engine.push(batch(*((0, began + 60 * late, 1_000, 1_000) for late in range(-2, 11))), None)
            await house.pass_time(120)
            assert house.pager.told == [FIRED, RESOLVED]
            assert house.pager.got[1].lines[-1].startswith("Data that came later corrects it: at ")
            assert "it was burn rate 0 over 1 hour and 0 over 5 minutes" in house.pager.got[1].lines[-1]
            (alert,) = await engine.alarm.alerts("bar", up=False, limit=10)
            assert alert.reasons[-1].startswith("data that came later corrects it")

    run(story())


def test_an_alert_that_was_right_is_not_corrected(house):
    """Its end says how long it burned, and nothing more."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await quiet(house, engine)
            await minutes(house, engine, 10, 200)
            await minutes(house, engine, 20, 0)
            assert house.pager.told == [FIRED, RESOLVED]
            assert not any("corrects" in line for line in house.pager.got[1].lines)

    run(story())
