"""The contract of every PeopleStore: subclass `PeopleStoreSuite`, say how to open one, and pytest runs all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.errors import Conflict, NotFound
from leeway.ports.people import Act, Key, KeyKind, PeopleStore, Person

Opener = Callable[[Path], PeopleStore]

ANN = Person(0, "ann", {"*": "admin"}, 600.5, "serve", "hash of a password")
BOB = Person(0, "bob", {"Größe": "viewer", "shop": "editor"}, 601.0, "ann", subject="https://id.example bob")
ACT = Act(600.5, "ann", "192.0.2.7", "person.add", "bob", "", '{"*": "viewer"}')


def key_of(person: int | None, digest: str = "d" * 64) -> Key:
    """A token."""
    return Key(0, KeyKind.TOKEN, digest, person, 700.5, "ann", 900.5, "ci “x”", "shop", "editor")


class PeopleStoreSuite:
    """What signing in counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> PeopleStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_people_are_there_again_with_numbers_of_their_own(self, store: PeopleStore) -> None:
        """Every field, by name."""
        bob, ann = store.save(BOB, ACT), store.save(ANN, ACT)
        assert (ann, bob) == (replace(ANN, number=ann.number), replace(BOB, number=bob.number))
        assert ann.number != bob.number
        assert store.people() == (ann, bob)

    def test_somebody_is_changed_in_place(self, store: PeopleStore) -> None:
        """The number stays; a number that nobody has cannot be changed."""
        ann = store.save(ANN, ACT)
        changed = replace(ann, name="anna", roles={"shop": "owner"}, password="")
        assert store.save(changed, ACT) == changed
        assert store.people() == (changed,)
        with pytest.raises(NotFound):
            store.save(replace(changed, number=ann.number + 7, name="x"), ACT)

    def test_no_two_have_one_name_or_one_account(self, store: PeopleStore) -> None:
        """Nothing of a refused change is kept, its act neither."""
        bob = store.save(BOB, ACT)
        for other in (replace(ANN, name="bob"), replace(ANN, subject=bob.subject)):
            with pytest.raises(Conflict):
                store.save(other, ACT)
        assert store.people() == (bob,)
        assert len(store.acts()) == 1

    def test_many_may_have_no_account_with_a_provider(self, store: PeopleStore) -> None:
        """Only accounts that are there are kept apart."""
        assert store.save(ANN, ACT).subject == store.save(replace(ANN, name="eve"), ACT).subject == ""

    def test_who_is_removed_loses_all_keys(self, store: PeopleStore) -> None:
        """Those of others and of nobody stay; it cannot be done twice."""
        ann, bob = store.save(ANN, ACT), store.save(BOB, ACT)
        theirs = store.give(key_of(ann.number, "a"), ACT)
        nobodys = store.give(key_of(None, "b"), ACT)
        store.give(key_of(bob.number, "c"), ACT)
        store.remove(bob.number, ACT)
        assert store.people() == (ann,)
        assert store.keys() == (nobodys, theirs)
        with pytest.raises(NotFound):
            store.remove(bob.number, ACT)

    def test_a_number_is_never_given_twice(self, store: PeopleStore) -> None:
        """Not even that of somebody who is gone."""
        first = store.save(ANN, ACT)
        store.remove(first.number, ACT)
        assert store.save(ANN, ACT).number != first.number

    def test_a_key_is_there_again(self, store: PeopleStore) -> None:
        """Every field; one of nobody that never expires too. It needs somebody who is there."""
        ann = store.save(ANN, ACT)
        kept = store.give(key_of(ann.number), ACT)
        assert kept == replace(key_of(ann.number), number=kept.number)
        other = store.give(replace(key_of(None, "x"), kind=KeyKind.LINK, expires_at=None), ACT)
        assert store.keys() == (other, kept)
        with pytest.raises(NotFound):
            store.give(key_of(ann.number + 7, "y"), ACT)

    def test_a_key_is_ended_once(self, store: PeopleStore) -> None:
        """The first who ends it is told so; without anything ended, or where it had run out, no act is kept."""
        kept = store.give(key_of(None), ACT)
        assert store.end([kept.number, kept.number + 7], replace(ACT, what="token.end")) == 1
        assert store.end([kept.number], ACT) == 0
        assert store.keys() == ()
        assert store.end([store.give(key_of(None), ACT).number], None) == 1
        assert [act.what for act in store.acts()] == [ACT.what, "token.end", ACT.what]

    def test_the_last_use_of_a_key_is_kept(self, store: PeopleStore) -> None:
        """Of those that are there."""
        kept = store.give(key_of(None), ACT)
        store.used({kept.number: 800.25, kept.number + 7: 1.0})
        assert store.keys() == (replace(kept, used_at=800.25),)

    def test_acts_are_read_from_the_newest_on(self, store: PeopleStore) -> None:
        """Every field; in pages, by number."""
        acts = [replace(ACT, subject=f"{number}", before="Größe\n") for number in range(5)]
        store.note(acts)
        first = store.acts(limit=2)
        assert first == (acts[4], acts[3])
        assert store.acts(before=first[-1].number) == (acts[2], acts[1], acts[0])
        assert store.acts(before=store.acts()[-1].number) == ()
