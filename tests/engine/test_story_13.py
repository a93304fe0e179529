"""Story 13, the underscore list: nobody is reached who was not named exactly, in a number that somebody agreed to.

Someone types `_` twice, and a forgotten list of 40,000 addresses would be woken. That what comes back is dropped is
shown in tests/channels/test_loops.py and tests/server/test_safety.py.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.test_alerts import Pager, minutes, quiet
from tests.engine.test_engine import SLO, House, apply, run

from leeway.core.alerting.policy import Severity
from leeway.engine.alerts import Duties
from leeway.engine.alerts.routes import trial
from leeway.engine.views import SourceText
from leeway.errors import Invalid, NotFound
from leeway.ports.alerts import Outgoing
from leeway.ports.channel import Manifest
from leeway.ports.outbox import IDLE_PAGES, Settlement
from leeway.ports.state import Edit

POLICY = """  alertPolicies: [{{alertPolicyRef: burns}}]
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {{name: burns}}
spec:
  severity: page
  conditions: [{{burnRate: 14.4, long: 1h, short: 5m}}]
  notify: [{notify}]
"""
RECIPIENT = """---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {{name: {name}}}
spec: {{channel: inbox{more}}}
"""
SLIPS = [
    "_",
    "__",
    "___",
    "on-cal",
    "on-calls",
    "On-Call",
    "on_call",
    "on-c*",
    "on-?all",
    ".*",
    "*",
    "%",
    "all",
    "oncall",
]


class Town(House):
    """Everybody has a pager of his own."""

    def __init__(self, *names):
        super().__init__()
        self.channels |= {name: Pager() for name in names}

    def told(self):
        """Who got something."""
        return {name for name, pager in self.channels.items() if pager.got}


def recipient(name, people=None, more=""):
    number = "" if people is None else f", people: {people}"
    return RECIPIENT.format(name=f'"{name}"', more=number + more)


def files(*recipients, notify=("on-call",)):
    """An SLO and its policy, with those who are declared."""
    names = ", ".join(f'"{name}"' for name in notify)
    head = SLO.format(name="bar", what="greeted", window="30d", target=0.999)
    return (SourceText("slo.yaml", head + POLICY.format(notify=names) + "".join(recipients)),)


async def burn(town, engine):
    """Three minutes of nothing but errors after a good hour; how the messages of the alert fared."""
    await quiet(town, engine)
    await minutes(town, engine, 3, 1_000)
    (alert,) = await engine.alarm.alerts("bar", up=True, limit=10)
    return {one.recipient: one for one in await engine.alarm.deliveries(alert.key)}


# named exactly


@pytest.mark.parametrize("typed", SLIPS)
def test_a_name_that_is_not_exact_is_refused_when_it_is_saved_when_it_is_tried_and_when_it_is_sent(typed):
    """Underscores, prefixes, patterns, cases: nothing is completed, nobody is guessed, nobody is told."""
    town = Town("on-call", "team")

    async def story():
        async with town.open() as engine:
            await apply(engine, files(recipient("on-call", 1), recipient("team", 3)))
            with pytest.raises(Invalid):
                await apply(engine, files(notify=[typed]))
            with pytest.raises(NotFound, match="so nobody was told"):
                await engine.alarm.routes.test(typed, "ann")
            now = town.clock.now()
            stray = trial(typed, "ann", Severity.PAGE, now)  # as if it had come into the outbox by some other way
            town.outbox.settle(Settlement(post=[Outgoing(typed, stray, now)]), now, lease_s=0)
            await town.pass_time(120)
            (told,) = await engine.alarm.deliveries(stray.key)
            assert (told.sent_at, "no recipient is called" in told.error) == (None, True)
        assert town.told() == set()

    run(story())


NAMES = st.from_regex(r"[ab]([ab-]{0,2}[ab])?", fullmatch=True)


@settings(max_examples=30, deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=6, unique=True), st.data())
def test_of_all_who_are_declared_only_those_who_are_named_hear_of_it(declared, data):
    """Also where names differ in one character."""
    named = data.draw(st.lists(st.sampled_from(declared), min_size=1, unique=True))
    town = Town(*declared)

    async def story():
        async with town.open() as engine:
            await apply(engine, files(*(recipient(name, 1) for name in declared), notify=named))
            await burn(town, engine)
        assert town.told() == set(named)

    run(story())


# counted before it is saved


def test_the_forgotten_list_is_counted_before_it_is_saved_and_refused_until_its_number_is_typed():
    """40,000 of them: the plan says so, and no yes is enough."""
    town = Town("all")
    wanted = files(recipient("all", 40_000), notify=["all"])

    async def story():
        async with town.open() as engine:
            plan = await engine.plan(wanted, prune=False)
            effects = {change.name: change.effects for change in plan.changes}
            assert effects["all"] == ("reaches 40,000 people",)
            assert effects["burns"] == ("tells 40,000 people at once: all (40,000)",)
            for people in ({}, {"all": 4_000}, {"al": 40_000}, {"__": 40_000}):
                with pytest.raises(Invalid):
                    await apply(engine, wanted, people=people)
            assert await engine.documents() == ()
            assert town.state.agreements() == {}
            await apply(engine, wanted, people={"all": 40_000})
            kept = town.state.agreements()["all"]
            assert (kept.people, kept.by, kept.at) == (40_000, "ann", town.clock.now())

    run(story())


def test_a_list_that_nobody_counted_is_refused():
    """Whatever is typed: somebody has to answer for the number first."""
    town = Town("all")

    async def story():
        async with town.open() as engine:
            for people in ({}, {"all": 3}):
                with pytest.raises(Invalid, match="nobody knows how many people `all` reaches"):
                    await apply(engine, files(recipient("all"), notify=["all"]), people=people)
            assert await engine.documents() == ()

    run(story())


@pytest.mark.parametrize("notify", ["small", "big"])
def test_a_crowd_behind_others_is_a_crowd_too(notify):
    """As a fallback it would be woken a minute later."""
    town = Town("small", "big")

    async def story():
        async with town.open() as engine:
            wanted = files(recipient("small", 1, ", fallback: big"), recipient("big", 21), notify=[notify])
            with pytest.raises(Invalid, match="reaches 21 people"):
                await apply(engine, wanted)
            await apply(engine, wanted, people={"big": 21})

    run(story())


# counted again before it is sent


@pytest.mark.parametrize(
    ("people", "said"),
    [(45, "reaches 45 people, and nobody agreed to that"), (None, "nobody knows how many people it reaches")],
)
def test_a_crowd_that_was_stored_before_gets_nothing_and_its_fallback_is_told(people, said):
    """The refusal stands beside the alert, with what mends it; whoever needs no agreement goes on as before."""
    town = Town("all", "lead")

    async def story():
        async with town.open() as engine:
            await apply(engine, files(recipient("all", 1, ", fallback: lead"), recipient("lead", 20), notify=["all"]))
            (current,) = (one for one in await engine.documents() if one.name == "all")
            number = "" if people is None else f"people: {people}"
            body = current.body.replace("people: 1", number)
            town.state.apply([Edit("Recipient", "all", body, current.number)], by="old", at=0.0)
        async with town.open() as engine:
            fared = await burn(town, engine)
            assert said in fared["all"].error
            assert "with" in fared["all"].error
            assert fared["all"].sent_at is None
            assert fared["lead"].sent_at is not None
            outlook = await engine.alarm.routes.preview()
            assert said in outlook.refused["all"]
            assert set(outlook.refused) == {"all"}
        assert town.told() == {"lead"}

    run(story())


def test_a_list_that_grew_since_it_was_agreed_to_gets_nothing():
    """As its channel counts it now; agreed to anew, it is told."""
    town = Town("all", "lead")
    wanted = files(recipient("all", 45, ", fallback: lead"), recipient("lead", 1), notify=["all"])

    async def story():
        async with town.open() as engine:
            await apply(engine, wanted, people={"all": 45})
            town.channels["all"].manifest = Manifest("pager", "Pager", frozenset(), people=60)
            fared = await burn(town, engine)
            assert "reaches 60 people, and agreed were 45" in fared["all"].error
            await town.pass_time(30)  # who is told in somebody's place is told in a look of its own
            assert town.told() == {"lead"}
            with pytest.raises(Invalid, match="declares 45 people, but its settings alone name 60"):
                await apply(engine, files(recipient("all", 45, ", description: more"), notify=["all"]))
            await apply(engine, files(recipient("all", 60), notify=["all"]), people={"all": 60})
            await town.pass_time(120)
        assert town.told() == {"all", "lead"}

    run(story())


# people who left years ago


def test_a_list_of_whose_pages_nobody_takes_one_is_named():
    """Told of five nights, and nobody ever came; one page that is taken, by whomever, is enough to be somebody."""
    town = Town("all")

    async def story():
        async with town.open() as engine:
            await apply(engine, files(recipient("all", 20), notify=["all"]))
            await quiet(town, engine)
            for night in range(IDLE_PAGES):
                assert not any(one.idle for one in (await engine.alarm.routes.preview()).heard.values()), night
                await minutes(town, engine, 2, 1_000)
                await minutes(town, engine, 8, 0)
            heard = (await engine.alarm.routes.preview()).heard["all"]
            assert (heard.pages, heard.taken, heard.idle) == (IDLE_PAGES, 0, True)
            await minutes(town, engine, 2, 1_000)
            (alert,) = await engine.alarm.alerts("bar", up=True, limit=1)
            await engine.alarm.acknowledge(alert.key, "bob")
            heard = (await engine.alarm.routes.preview()).heard["all"]
            assert (heard.pages, heard.taken, heard.idle) == (IDLE_PAGES + 1, 1, False)

    run(story())


def test_the_owner_of_the_platform_is_told_of_whom_nothing_is_sent_to():
    """Somebody has to count them, or name others."""
    town = Town("all", "lead", "platform")
    town.duties = Duties(owner="platform")
    everybody = recipient("lead", 1), recipient("platform", 1)

    async def story():
        async with town.open() as engine:
            wanted = files(recipient("all", 45, ", fallback: lead"), *everybody, notify=["all"])
            await apply(engine, wanted, people={"all": 45})
            town.channels["all"].manifest = Manifest("pager", "Pager", frozenset(), people=40_000)
            await burn(town, engine)
            assert town.told() == {"lead"}
            await town.pass_time(600)
        (message,) = town.channels["platform"].got
        assert any("reaches 40,000 people, and agreed were 45" in line for line in message.lines)

    run(story())
