"""Everything burns at once: a shared database dies and 1,000 SLOs burn."""

from __future__ import annotations

import asyncio

import numpy as np
from tests.engine.test_alerts import Pager
from tests.engine.test_engine import House, apply, run

from leeway.engine.views import SourceText
from leeway.ports.channel import Event
from leeway.ports.push import PushBatch

SLOS = 1_000

SLO = """apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}, labels: {{database: orders, team: t{team}}}}}
spec:
  service: shop
  indicatorRef: served
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 30d, isRolling: true}}]
  objectives: [{{displayName: main, target: 0.999}}]
  alertPolicies: [{{alertPolicyRef: burns}}]
---
"""
TOLD = """apiVersion: openslo/v1
kind: SLI
metadata: {name: served}
spec:
  ratioMetric:
    counter: false
    good: {metricSource: {type: push, spec: {what: served}}}
    total: {metricSource: {type: push, spec: {what: all}}}
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: burns}
spec: {preset: default, notify: [on-call]}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1}
"""


def minute(house, share, bad):
    """A minute of every SLO; of so many of them a part fails."""
    now = int(house.clock.now()) // 60 * 60
    numbers = np.arange(SLOS)
    return rows(np.full(SLOS, now), numbers, np.where(numbers < share, 1_000 - bad, 1_000))


def rows(time, numbers, good):
    """Pushed rows of 1,000 events."""
    count, nothing = len(time), np.full(len(time), np.nan)
    names = tuple(f"slo-{number}" for number in range(SLOS))
    total = np.full(count, 1_000.0)
    return PushBatch(names, numbers.astype(np.int32), time, good.astype(float), total, nothing, np.arange(count))


async def pass_minutes(house, engine, count):
    """Virtual minutes, each with as much real time as evaluating and telling takes."""
    for _ in range(count * 12):
        await house.clock.advance(5)
        for _ in range(400):
            await asyncio.sleep(0.005)
            if house.clock.now() - engine.health().evaluated_at < 75:
                break


def test_a_thousand_slos_burn_and_five_pages_at_most_say_so_and_none_is_lost():
    """In five minutes; one of them counts them and names what they share; each knows by which message it was told."""
    house = House()
    house.channels["on-call"] = pager = Pager()
    text = "".join(SLO.format(name=f"slo-{number}", team=number % 9) for number in range(SLOS)) + TOLD

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("slos.yaml", text),))
            now, numbers = int(house.clock.now()) // 60 * 60, np.arange(SLOS)
            for back in range(1, 71):
                await engine.push(rows(np.full(SLOS, now - 60 * back), numbers, np.full(SLOS, 1_000)), None)
            await house.pass_time(10)
            began = house.clock.now()
            for at in range(5):
                await engine.push(minute(house, 10 if at == 0 else SLOS, 300), None)
                await pass_minutes(house, engine, 1)
            while len(await engine.alarm.alerts(None, up=True, limit=10_000)) < 2 * SLOS:  # noqa: ASYNC110 - see below
                await asyncio.sleep(0.05)  # a look tells nobody that it ended
            await pass_minutes(house, engine, 6)
            fired = [message for message in pager.got if message.event is Event.FIRED]
            in_five = [message for message in fired if message.severity.value == "page" and message.at <= began + 300]
            assert 1 <= len(in_five) <= 5
            most = max(fired, key=lambda message: int(message.facts.get("slos", "1")))
            assert int(most.facts["slos"]) >= SLOS - 10
            assert most.title.endswith("SLOs burn at once, common cause: database orders, service shop?")
            assert most.lines[0] == "All have in common: database orders, service shop."
            up = await engine.alarm.alerts(None, up=True, limit=10_000)
            pages = [alert for alert in up if alert.severity.value == "page"]
            assert len(pages) == SLOS
            heard = {message.key for message in fired}
            for alert in pages:
                (told,) = [one for one in await engine.alarm.deliveries(alert.key) if one.event == "fired"]
                assert (told.together or alert.key) in heard
                assert told.sent_at is not None
            taken = await engine.alarm.acknowledge(most.key, "ann")
            assert len(taken) == int(most.facts["alerts"])

    run(story())
