"""Accounts, sessions and tokens over a store: who gets in, with what, and what the log keeps of it."""

from __future__ import annotations

import asyncio

import pytest

from leeway.engine.people import ALL_RIGHTS, Action, Doer, People, Via, Who
from leeway.engine.people.accounts import LINK_S
from leeway.engine.people.attempts import FROM_THERE, WITHIN_S
from leeway.engine.people.keys import SESSION_S
from leeway.engine.people.passwords import ensure_good
from leeway.engine.people.register import IDLE_S
from leeway.errors import Conflict, Denied, Invalid, NotFound, Throttled
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_people import MemoryPeople

MACHINE = Doer(Who("root", ALL_RIGHTS, Via.MACHINE), "127.0.0.1")
PASSWORD = "correct horse battery"
HERE = "192.0.2.7"


class House:
    """People over a store in memory, with a clock in the test's hand."""

    def __init__(self):
        self.store, self.clock = MemoryPeople(), VirtualClock(1_000.0)
        self.people = People(self.store, self.clock)
        self.accounts, self.keys = self.people.accounts, self.people.keys

    async def somebody(self, name="ann", **roles):
        _, link = await self.accounts.add(name, roles or {"*": "admin"}, MACHINE)
        await self.accounts.choose(link, PASSWORD, HERE)
        return self.accounts.named(name)

    async def doer(self, name="ann"):
        return Doer(self.keys.session(await self.keys.sign_in(name, PASSWORD, HERE)), HERE)

    def acts(self):
        return [(act.who, act.what, act.subject) for act in reversed(self.store.acts())]


def story(work):
    """Runs an async test; the store is new."""

    def run():
        async def whole():
            house = House()
            await house.people.start()
            await work(house)
            await house.people.stop()

        asyncio.run(whole())

    run.__name__, run.__doc__ = work.__name__, work.__doc__
    return run


@story
async def test_the_first_start_makes_an_admin_whose_link_works_once(house):
    """Then they sign in by the password that they chose; the log tells all of it."""
    person, link = await house.accounts.first(MACHINE)
    assert (person.name, person.roles) == ("admin", {"*": "admin"})
    assert house.accounts.linked(link).name == "admin"
    await house.accounts.choose(link, PASSWORD, HERE)
    with pytest.raises(NotFound):
        await house.accounts.choose(link, "another good password", HERE)
    assert await house.accounts.first(MACHINE) is None
    who = (await house.doer("Admin ")).who
    assert (who.name, who.via, who.rights.everywhere(Action.ADMINISTER)) == ("admin", Via.SESSION, True)
    assert house.acts() == [
        ("root", "person.add", "admin"),
        ("root", "person.link", "admin"),
        ("admin", "link.use", "admin"),
        ("admin", "person.password", "admin"),
        ("admin", "sign-in", "admin"),
    ]


@story
async def test_an_admin_who_never_came_gets_a_new_link_at_the_next_start(house):
    """The one before is good no more, and none is after a day."""
    _, old = await house.accounts.first(MACHINE)
    person, link = await house.accounts.first(MACHINE)
    assert len(house.accounts.people()) == 1
    with pytest.raises(NotFound):
        house.accounts.linked(old)
    assert house.accounts.linked(link) == person
    await house.clock.advance(LINK_S)
    with pytest.raises(NotFound):
        house.accounts.linked(link)


@story
async def test_nobody_is_told_whether_a_name_exists(house):
    """The same words for a wrong password, an unknown name, and an account without a password."""
    await house.somebody()
    await house.accounts.add("bob", {}, MACHINE)
    said = set()
    for name in ("ann", "bob", "nobody"):
        with pytest.raises(Denied) as refusal:
            await house.keys.sign_in(name, "wrong password here", HERE)
        said.add(str(refusal.value))
    assert len(said) == 1


@story
async def test_too_many_attempts_have_to_wait_also_with_the_right_password(house):
    """From there; from elsewhere they get in."""
    await house.somebody()
    for _ in range(FROM_THERE):
        with pytest.raises(Denied):
            await house.keys.sign_in("ann", "wrong password here", HERE)
    with pytest.raises(Throttled) as refusal:
        await house.keys.sign_in("ann", PASSWORD, HERE)
    assert refusal.value.retry_after_s == WITHIN_S
    assert await house.keys.sign_in("ann", PASSWORD, "198.51.100.1")


@story
async def test_a_session_ends_when_it_is_signed_out_idle_or_old(house):
    """Using it keeps it alive, up to its end."""
    await house.somebody()
    doer = await house.doer()
    idle, busy = [await house.keys.sign_in("ann", PASSWORD, HERE) for _ in range(2)]
    await house.keys.sign_out(doer)
    begun = house.clock.now()
    while house.clock.now() < begun + SESSION_S - IDLE_S / 2:
        assert house.keys.session(busy) is not None
        await house.clock.advance(IDLE_S / 2)
    assert house.keys.session(idle) is None
    await house.clock.advance(IDLE_S / 2)
    assert house.keys.session(busy) is None


@story
async def test_a_new_password_signs_everybody_else_out(house):
    """By the present password, or by a link."""
    ann = await house.somebody()
    old = await house.keys.sign_in("ann", PASSWORD, HERE)
    with pytest.raises(Denied):
        await house.accounts.change_password(ann, "not the present one", "another good password", HERE)
    await house.accounts.change_password(ann, PASSWORD, "another good password", HERE)
    assert house.keys.session(old) is None
    assert await house.keys.sign_in("ann", "another good password", HERE)


@story
async def test_the_last_admin_stays(house):
    """Neither removed nor made less; with a second one, both can be done."""
    await house.somebody()
    await house.accounts.add("eve", {"*": "admin"}, MACHINE)  # has not chosen a password yet
    for change in (house.accounts.remove("ann", MACHINE), house.accounts.set_role("ann", "*", "owner", MACHINE)):
        with pytest.raises(Conflict):
            await change
    await house.somebody("bob")
    await house.accounts.remove("ann", MACHINE)
    assert [one.name for one in house.accounts.people()] == ["bob", "eve"]


@story
async def test_an_owner_gives_roles_in_their_own_project_and_no_greater_ones(house):
    """Not of other projects, and never takes from who is more than they."""
    await house.somebody()
    await house.somebody("olga", shop="owner")
    await house.somebody("bob", bar="viewer")
    olga = await house.doer("olga")
    assert (await house.accounts.set_role("bob", "shop", "editor", olga)).roles == {"bar": "viewer", "shop": "editor"}
    for project, role in (("bar", "editor"), ("*", "viewer"), ("bar", None)):
        with pytest.raises(Denied):
            await house.accounts.set_role("bob", project, role, olga)
    with pytest.raises(Denied):
        await house.accounts.set_role("ann", "*", None, olga)
    act = house.store.acts()[0]
    assert (act.what, act.before, act.after) == (
        "person.role",
        '{"bar": "viewer"}',
        '{"bar": "viewer", "shop": "editor"}',
    )


@story
async def test_a_token_is_never_more_than_its_person(house):
    """When it is made, and later: it shrinks with them and goes with them. A token makes no tokens."""
    await house.somebody()
    await house.somebody("bob", shop="editor")
    bob = await house.doer("bob")
    for role, project in (("owner", "shop"), ("viewer", "*"), ("viewer", "bar")):
        with pytest.raises(Denied):
            await house.keys.make_token("ci", role, project, 60.0, bob)
    key, secret = await house.keys.make_token("ci", "editor", "shop", 60.0, bob)
    assert secret.startswith("lw_")
    assert secret not in repr(house.store.keys())
    who = house.keys.token(secret)
    assert (who.name, who.rights.where(Action.DEFINE)) == ("bob, token ci", {"shop"})
    with pytest.raises(Denied):
        await house.keys.make_token("more", "viewer", "shop", 60.0, Doer(who, HERE))
    await house.accounts.set_role("bob", "shop", "viewer", MACHINE)
    assert not house.keys.token(secret).rights.anywhere(Action.DEFINE)
    assert [each[0].number for each in house.keys.tokens(bob.who)] == [key.number]
    await house.accounts.remove("bob", MACHINE)
    assert house.keys.token(secret) is None


@story
async def test_a_token_runs_out_and_can_be_ended(house):
    """One that is for pushing does nothing else. Others neither see nor end it."""
    await house.somebody()
    await house.somebody("bob", shop="editor")
    machine, ann, bob = MACHINE, await house.doer(), await house.doer("bob")
    short, gone = await house.keys.make_token("short", "ingest", "*", 60.0, machine)
    kept, good = await house.keys.make_token("kept", "ingest", "*", None, ann)
    assert house.keys.token(good).rights.anywhere(Action.PUSH)
    assert not house.keys.token(good).rights.anywhere(Action.READ)
    await house.clock.advance(60.0)
    assert house.keys.token(gone) is None
    assert house.keys.token(good) is not None
    with pytest.raises(NotFound):
        await house.keys.end_token(kept.number, bob)
    await house.keys.end_token(kept.number, ann)
    assert house.keys.token(good) is None
    assert house.keys.token("lw_never was") is None
    assert short.name == "short"


@story
async def test_when_a_key_was_used_last_survives_a_restart(house):
    """To the minute."""
    key, secret = await house.keys.make_token("ci", "viewer", "*", None, MACHINE)
    await house.clock.advance(100.0)
    assert house.keys.token(secret)
    await house.people.stop()
    again = People(house.store, house.clock)
    await again.start()
    assert again.keys.tokens(MACHINE.who) == ((house.store.keys()[0], None, 1_100.0),)
    assert key.used_at is None


@story
async def test_who_comes_from_a_provider_is_known_by_the_account_and_not_by_the_name(house):
    """Roles are what the groups say now; a name that somebody else has is refused, and so is who has no role."""
    await house.somebody()
    subject = "https://id.example 42"
    bob = await house.accounts.admitted(subject, "Bob@example.org", {"shop": "viewer"}, HERE)
    assert (bob.name, bob.password) == ("bob@example.org", "")
    again = await house.accounts.admitted(subject, "robert", {"*": "editor"}, HERE)
    assert (again.number, again.name, again.roles) == (bob.number, "bob@example.org", {"*": "editor"})
    with pytest.raises(Denied, match="another account"):
        await house.accounts.admitted("https://id.example 43", "ann", {"*": "admin"}, HERE)
    with pytest.raises(Denied, match="none of your groups"):
        await house.accounts.admitted(subject, "bob@example.org", {}, HERE)
    with pytest.raises(Denied):
        await house.keys.sign_in("bob@example.org", "", HERE)


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 11, "ann" * 5, "Ann-Ann-Ann-Ann", "aaaaaaaaaaaaaaaa", "abababababababab", "y" * 201]
)
def test_a_password_that_is_guessed_soon_is_refused(password):
    """Too short, little more than the name, a few characters again and again."""
    with pytest.raises(Invalid):
        ensure_good(password, "ann")


@pytest.mark.parametrize("name", ["", "a b", "-ann", "ann\nbob", "ännchen", "x" * 101, "../ann"])
def test_a_name_is_plain(name):
    """It stands in logs and addresses."""
    with pytest.raises(Invalid):
        asyncio.run(House().accounts.add(name, {}, MACHINE))
