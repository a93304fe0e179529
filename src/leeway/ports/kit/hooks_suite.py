"""The contract of every HookStore: subclass `HookStoreSuite`, say how one is opened; pytest runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.errors import NotFound
from leeway.ports.hooks import Count, Delivery, Fate, Hook, HookStore, Kind, Parcel, Try

Opener = Callable[[Path], HookStore]

HOOK = Hook(
    0,
    "",
    "https://hooks.example/ü?a=1",
    {"env": "HOOK_SECRET"},
    (Kind.ALERT, Kind.BUDGET),
    ("checkout",),
    ("payments", "shop"),
    True,
    "ann",
    1_000.25,
)
AT = 1_000.5


def parcel(hook: int, event: str = "e1", subject: str = "checkout/main", due_at: float = AT) -> Parcel:
    """One that is due at once."""
    return Parcel(hook, event, "dev.leeway.event.budget.turned", subject, b'{"a":"\xc3\xbc"}', AT - 1, due_at)


def took(at: float) -> Try:
    """The receiver took it."""
    return Try(at, 204, "", "", None)


def failed(at: float, again: float | None) -> Try:
    """It did not."""
    return Try(at, 503, "busy ✓", "answered 503", again)


class HookStoreSuite:
    """What delivery counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where it is kept."""
        return tmp_path / "data"

    @pytest.fixture
    def store(self, opener: Opener, folder: Path) -> HookStore:
        """A new one."""
        return opener(folder)

    def test_a_hook_is_there_again_with_a_number_of_its_own(self, store: HookStore) -> None:
        """Every field; changed, it keeps its number; removed, its number is not given again."""
        first, second = store.add(HOOK), store.add(replace(HOOK, recipient="events", url="", secret={}))
        assert (first, second.number > first.number) == (replace(HOOK, number=first.number), True)
        changed = store.change(replace(first, active=False, kinds=(), slos=()))
        assert store.hooks() == (changed, second)
        assert store.remove(second.number) == second
        assert store.add(HOOK).number > second.number

    def test_what_is_not_there_is_said(self, store: HookStore) -> None:
        """Of hooks and of deliveries; one of another hook's is none."""
        hook, other = store.add(HOOK), store.add(HOOK)
        store.record([parcel(hook.number)], {})
        [sent] = store.deliveries(hook.number, fate=None, limit=9, before=None)
        for ask in (
            lambda: store.change(replace(HOOK, number=99)),
            lambda: store.remove(99),
            lambda: store.again(other.number, sent.number, AT),
        ):
            with pytest.raises(NotFound):
                ask()
        assert store.delivery(other.number, sent.number) is None
        assert store.delivery(hook.number, sent.number) == sent

    def test_marks_and_parcels_come_together_and_stay(self, opener: Opener, store: HookStore, folder: Path) -> None:
        """A mark is replaced, removed, or with all others put aside."""
        hook = store.add(HOOK)
        store.record([parcel(hook.number)], {"a": "1", "b": "2"})
        store.record([], {"a": None, "b": "3", "c": "✓"})
        again = opener(folder)
        assert again.marks() == {"b": "3", "c": "✓"}
        assert again.due(AT) == {hook.number}
        again.record([], {"d": "4"}, anew=True)
        assert again.marks() == {"d": "4"}

    def test_what_is_taken_is_leased_and_due_again_when_the_lease_ends(self, store: HookStore) -> None:
        """Nobody else gets it meanwhile; whoever took it may have died."""
        hook = store.add(HOOK)
        store.record([parcel(hook.number)], {})
        assert store.take(hook.number, AT - 0.1, lease_s=60) is None
        taken = _taken(store, hook.number, AT)
        assert (taken.parcel, taken.attempts, taken.due_at) == (parcel(hook.number), 1, AT + 60)
        assert store.take(hook.number, AT + 59, lease_s=60) is None
        assert _taken(store, hook.number, AT + 60).attempts == 2

    def test_of_one_subject_nothing_overtakes(self, store: HookStore) -> None:
        """What comes later waits until what came before is done with; other subjects and other hooks do not."""
        one, two = store.add(HOOK).number, store.add(HOOK).number
        store.record([parcel(one, "e1"), parcel(one, "e2"), parcel(one, "e3", "search/main"), parcel(two, "e1")], {})
        first = _taken(store, one, AT)
        store.tried(first.number, failed(AT + 1, AT + 100))
        assert _taken(store, one, AT + 2).parcel.event == "e3"
        assert store.take(one, AT + 3, lease_s=60) is None
        assert _taken(store, two, AT + 3).parcel.event == "e1"
        store.tried(_taken(store, one, AT + 100).number, took(AT + 101))
        assert _taken(store, one, AT + 101).parcel.event == "e2"

    def test_what_became_of_it_is_known(self, store: HookStore) -> None:
        """Waiting with the last answer, delivered, or given up; counted, listed the newest first, in pages."""
        hook = store.add(HOOK).number
        store.record([parcel(hook, f"e{number}", f"s{number}") for number in range(3)], {})
        for done in (failed(AT + 1, AT + 50), failed(AT + 2, None), took(AT + 3)):
            store.tried(_taken(store, hook, AT).number, done)
        listed = store.deliveries(hook, fate=None, limit=9, before=None)
        assert [one.fate for one in listed] == [Fate.DELIVERED, Fate.GIVEN_UP, Fate.WAITING]
        assert [(one.status, one.answer, one.error) for one in listed[1:]] == [(503, "busy ✓", "answered 503")] * 2
        assert listed[0].delivered_at == AT + 3
        for one in listed:
            assert store.deliveries(hook, fate=one.fate, limit=9, before=None) == (one,)
        assert store.deliveries(hook, fate=None, limit=1, before=listed[0].number) == listed[1:2]
        assert store.counts() == {hook: Count(1, 1)}
        assert store.due(AT + 49) == frozenset()

    def test_what_is_sent_again_is_due_like_new(self, store: HookStore) -> None:
        """Delivered or given up; under its old number, its time to give up counts anew."""
        hook = store.add(HOOK).number
        store.record([parcel(hook)], {})
        sent = _taken(store, hook, AT)
        store.tried(sent.number, took(AT))
        again = store.again(hook, sent.number, AT + 900)
        assert (again.fate, again.number, again.parcel) == (Fate.WAITING, sent.number, parcel(hook, due_at=AT + 900))
        assert _taken(store, hook, AT + 900).attempts == 2

    def test_what_waits_is_never_forgotten(self, store: HookStore) -> None:
        """Only what is done with, and old; and all of a hook that is removed."""
        hook = store.add(HOOK).number
        store.record([parcel(hook, "e1", "s1"), parcel(hook, "e2", "s2")], {})
        store.tried(_taken(store, hook, AT).number, took(AT))
        store.prune(AT - 1)
        assert len(store.deliveries(hook, fate=None, limit=9, before=None)) == 2
        store.prune(AT)
        assert [one.parcel.event for one in store.deliveries(hook, fate=None, limit=9, before=None)] == ["e2"]
        store.remove(hook)
        assert store.due(AT) == frozenset()


def _taken(store: HookStore, hook: int, now: float) -> Delivery:
    found = store.take(hook, now, lease_s=60)
    assert found is not None
    return found
