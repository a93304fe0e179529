"""The contract of every StateStore: subclass `StateStoreSuite`, say how to open one, and pytest runs all of it.

::

    class TestMyState(StateStoreSuite):
        @pytest.fixture
        def opener(self):
            return lambda folder: MyState(folder)   # the same folder again is the same state again
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.errors import Conflict, NotFound
from leeway.ports.state import Agreement, Edit, Job, JobState, NewSeries, Revision, Series, StateStore

Opener = Callable[[Path], StateStore]


def made(name: str, body: str | None = "a", expected: int = 0, kind: str = "SLO") -> Edit:
    """An edit of a document."""
    return Edit(kind, name, body, expected)


def wanted(slo: str, objective: str = "", digest: str = "d", scale: int = 1) -> NewSeries:
    """A series that somebody needs."""
    return NewSeries((slo, objective, digest), scale)


class StateStoreSuite:
    """What the engine counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the state kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the store under test keeps its data."""
        return tmp_path / "data"

    @pytest.fixture
    def store(self, opener: Opener, folder: Path) -> Iterator[StateStore]:
        """A new store."""
        store = opener(folder)
        yield store
        store.close()

    # documents

    def test_a_new_store_is_empty(self, store: StateStore) -> None:
        """No documents, series, delays or jobs."""
        assert store.documents() == ()
        assert store.document("SLO", "a") is None
        assert store.history("SLO", "a") == ()
        assert store.all_series() == ()
        assert store.learned_delays() == {}
        assert store.jobs() == ()

    def test_documents_come_by_kind_and_name_in_their_current_revision(self, store: StateStore) -> None:
        """One kind's name is another thing than the same name of another kind."""
        store.apply([made("b"), made("a"), made("a", kind="Service", body="svc")], by="ann", at=1.0)
        store.apply([made("a", "a2", 1)], by="bob", at=2.0)
        assert store.documents() == (
            Revision("SLO", "a", 2, "a2", 2.0, "bob"),
            Revision("SLO", "b", 1, "a", 1.0, "ann"),
            Revision("Service", "a", 1, "svc", 1.0, "ann"),
        )
        assert store.document("SLO", "a") == Revision("SLO", "a", 2, "a2", 2.0, "bob")

    def test_apply_answers_with_the_new_revisions_in_the_order_of_the_edits(self, store: StateStore) -> None:
        """Each with its number, who and when."""
        assert store.apply([made("b"), made("a")], by="ann", at=1.5) == (
            Revision("SLO", "b", 1, "a", 1.5, "ann"),
            Revision("SLO", "a", 1, "a", 1.5, "ann"),
        )

    def test_agreements_are_kept_with_the_edits_or_not_at_all(self, store: StateStore) -> None:
        """Who, when and how many; the newest of a name counts, and names are compared to the character."""
        store.apply([made("a")], by="ann", at=1.0, agreed={"all": 45, "All": 30})
        store.apply([], by="bob", at=2.0, agreed={"all": 46})
        with pytest.raises(Conflict):
            store.apply([made("a")], by="cat", at=3.0, agreed={"all": 40_000})
        found = {"all": Agreement("all", 46, 2.0, "bob"), "All": Agreement("All", 30, 1.0, "ann")}
        assert store.agreements() == found

    def test_text_is_kept_to_the_character(self, store: StateStore) -> None:
        """Line ends, quotes, other scripts: a body is bytes that a person wrote."""
        body = "a: 'x'\r\nb: \"é — 時\"\n\n"
        store.apply([made("a", body)], by="Ünal", at=1.0)
        assert store.document("SLO", "a") == Revision("SLO", "a", 1, body, 1.0, "Ünal")

    def test_history_keeps_every_revision_deletions_included(self, store: StateStore) -> None:
        """Newest first; numbers go on when a deleted document is made again."""
        store.apply([made("a", "one")], by="x", at=1.0)
        store.apply([made("a", None, 1)], by="x", at=2.0)
        assert store.document("SLO", "a") is None
        assert store.documents() == ()
        store.apply([made("a", "again", 0)], by="x", at=3.0)
        assert [(each.number, each.body) for each in store.history("SLO", "a")] == [(3, "again"), (2, None), (1, "one")]

    def test_the_changes_of_a_span_are_told_of_all_documents_deletions_included(self, store: StateStore) -> None:
        """Oldest first; from its start on, and before its end."""
        store.apply([made("b", "one"), made("a", "one")], by="x", at=1.0)
        store.apply([made("a", "two", 1)], by="y", at=2.0)
        store.apply([made("b", None, 1)], by="z", at=3.0)
        found = [(one.name, one.number, one.body, one.by) for one in store.changes(1.0, 3.0)]
        assert found == [("a", 1, "one", "x"), ("b", 1, "one", "x"), ("a", 2, "two", "y")]
        assert [one.body for one in store.changes(3.0, 4.0)] == [None]
        assert store.changes(4.0, 9.0) == ()

    @pytest.mark.parametrize("expected", [0, 2, 99])
    def test_a_plan_against_another_revision_is_a_conflict_that_names_the_document(
        self, store: StateStore, expected: int
    ) -> None:
        """Nobody overwrites what somebody else changed since."""
        store.apply([made("a")], by="x", at=1.0)
        with pytest.raises(Conflict, match="SLO a"):
            store.apply([made("a", "mine", expected)], by="y", at=2.0)
        assert store.history("SLO", "a") == (Revision("SLO", "a", 1, "a", 1.0, "x"),)

    @pytest.mark.parametrize("body", ["mine", None])
    def test_a_document_that_is_not_there_cannot_be_changed_or_deleted(
        self, store: StateStore, body: str | None
    ) -> None:
        """A plan against revision 1 of nothing, or a deletion of nothing."""
        with pytest.raises(Conflict, match="SLO a"):
            store.apply([made("a", body, 1 if body else 0)], by="y", at=2.0)

    def test_all_edits_are_applied_or_none(self, store: StateStore) -> None:
        """The good edit before the bad one leaves no trace."""
        with pytest.raises(Conflict):
            store.apply([made("a"), made("b", "x", 7)], by="x", at=1.0)
        assert store.documents() == ()
        assert store.history("SLO", "a") == ()

    def test_a_document_may_be_edited_twice_in_one_go(self, store: StateStore) -> None:
        """Each edit is planned against what the one before it left."""
        store.apply([made("a"), made("a", "a2", 1), made("a", None, 2), made("b")], by="x", at=1.0)
        store.apply([made("a", "a4"), made("b", "b2", 1), made("b", "b3", 2)], by="x", at=2.0)
        assert [(each.name, each.number, each.body) for each in store.documents()] == [("a", 4, "a4"), ("b", 3, "b3")]
        assert [each.body for each in store.history("SLO", "a")] == ["a4", None, "a2", "a"]

    def test_many_edits_are_one_change(self, store: StateStore) -> None:
        """More than a database takes in one question; one that was changed meanwhile keeps all of them out."""
        names = [f"slo-{place:04}" for place in range(1201)]
        store.apply([made(name) for name in names], by="x", at=1.0)
        with pytest.raises(Conflict, match="SLO slo-0700"):
            store.apply([made(name, "b", 2 if name == "slo-0700" else 1) for name in names], by="x", at=2.0)
        store.apply([made(name, "b", 1) for name in names[::2]], by="x", at=3.0)
        assert [(each.name, each.number) for each in store.documents()] == [
            (name, 1 + (place + 1) % 2) for place, name in enumerate(names)
        ]

    def test_of_two_who_planned_alike_one_wins(self, store: StateStore) -> None:
        """At the same moment, from several threads: each revision is one person's."""
        store.apply([made("a")], by="first", at=1.0)
        outcomes: list[str] = []

        def work(who: str) -> None:
            try:
                store.apply([made("a", who, 1)], by=who, at=2.0)
                outcomes.append("won")
            except Conflict:
                outcomes.append("lost")

        threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["lost"] * 5 + ["won"]
        assert len(store.history("SLO", "a")) == 2

    # series and objectives

    def test_a_series_is_numbered_once_for_each_indicator(self, store: StateStore) -> None:
        """The same SLI is the same series for ever; a changed indicator is a new one."""
        (first,) = store.number_series([wanted("a", digest="d1", scale=1000)], at=1.0)
        (again,) = store.number_series([wanted("a", digest="d1", scale=1000)], at=9.0)
        changed, other = store.number_series([wanted("a", digest="d2"), wanted("a", "x", "d1")], at=2.0)
        assert first == again == Series(first.id, "a", "", "d1", 1000, 1.0)
        assert len({first.id, changed.id, other.id}) == 3
        assert store.all_series() == tuple(sorted([first, changed, other], key=lambda each: each.id))

    def test_an_objective_is_numbered_once_for_each_definition(self, store: StateStore) -> None:
        """A changed definition is a new number, so that its roll-up is never mixed with the old one."""
        (first,) = store.number_objectives([("a", "x", "d1")])
        numbers = store.number_objectives([("a", "x", "d2"), ("a", "x", "d1"), ("b", "x", "d1")])
        assert numbers[1] == first
        assert len(set(numbers)) == 3

    def test_many_are_numbered_in_the_order_in_which_they_are_asked_for(self, store: StateStore) -> None:
        """Known and new ones mixed, one asked for twice, more than a database takes in one question."""
        names = [f"slo-{place}" for place in range(1201)]
        known = store.number_series([wanted(name) for name in names[::7]], at=1.0)
        series = store.number_series([wanted(name) for name in [*names, names[3]]], at=2.0)
        assert [each.slo for each in series] == [*names, names[3]]
        assert series[:-1:7] == known
        assert set(store.all_series()) == set(series)
        assert len({each.id for each in series}) == 1201
        identities = [(name, "x", "d") for name in names]
        known_numbers = store.number_objectives(identities[::7])
        numbers = store.number_objectives([*identities, identities[3]])
        assert (numbers[:-1:7], numbers[-1]) == (known_numbers, numbers[3])
        assert len(set(numbers)) == 1201

    def test_nothing_wanted_is_nothing_numbered(self, store: StateStore) -> None:
        """And nothing to apply is nothing applied."""
        assert store.number_series([], at=1.0) == ()
        assert store.number_objectives([]) == ()
        assert store.apply([], by="x", at=1.0) == ()

    def test_threads_that_ask_for_the_same_series_get_the_same(self, store: StateStore) -> None:
        """One is made, all have it."""
        found: list[tuple[Series, ...]] = []

        def work() -> None:
            found.append(store.number_series([wanted("a"), wanted("b")], at=1.0))

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        assert set(found) == {store.all_series()}

    def test_the_newest_learned_delay_counts(self, store: StateStore) -> None:
        """Per series."""
        first, second = (each.id for each in store.number_series([wanted("a"), wanted("b")], at=1.0))
        store.learn_delay(first, 30.5)
        store.learn_delay(second, 1.0)
        store.learn_delay(first, 45.25)
        assert store.learned_delays() == {first: 45.25, second: 1.0}

    def test_an_unknown_series_learns_nothing(self, store: StateStore) -> None:
        """A wrong number is an error, not a new series."""
        with pytest.raises(NotFound):
            store.learn_delay(77, 1.0)

    # jobs

    def test_a_job_is_queued_watched_and_done(self, store: StateStore) -> None:
        """Its number stays, everything else moves."""
        job = store.start_job("replay", "checkout", 90, 1.0)
        assert job == Job(job.id, "replay", "checkout", JobState.QUEUED, 0, 90, "", 1.0)
        moved = replace(job, state=JobState.RUNNING, done=30, note="a third is there", at=2.0)
        store.save_job(moved)
        assert store.job(job.id) == moved
        assert store.job(job.id + 1) is None

    def test_the_newest_jobs_come_first(self, store: StateStore) -> None:
        """As many as are asked for."""
        jobs = [store.start_job("replay", str(number), 1, float(number)) for number in range(4)]
        assert store.jobs(limit=2) == (jobs[3], jobs[2])
        assert len(store.jobs()) == 4

    def test_a_job_that_was_never_started_cannot_be_saved(self, store: StateStore) -> None:
        """It says so."""
        with pytest.raises(NotFound):
            store.save_job(Job(5, "replay", "a", JobState.DONE, 1, 1, "", 1.0))

    # restarts

    def test_everything_survives_a_restart(self, opener: Opener, folder: Path) -> None:
        """Documents, history, series, objectives, delays, jobs."""
        with closing(opener(folder)) as store:
            store.apply([made("a"), made("b")], by="x", at=1.0)
            store.apply([made("b", None, 1)], by="x", at=2.0)
            (series,) = store.number_series([wanted("a", scale=10)], at=1.0)
            objective = store.number_objectives([("a", "x", "d")])
            store.learn_delay(series.id, 2.5)
            job = store.start_job("replay", "a", 5, 3.0)
        with closing(opener(folder)) as store:
            assert store.documents() == (Revision("SLO", "a", 1, "a", 1.0, "x"),)
            assert len(store.history("SLO", "b")) == 2
            assert store.all_series() == (series,)
            assert store.number_objectives([("a", "x", "d")]) == objective
            assert store.learned_delays() == {series.id: 2.5}
            assert store.jobs() == (job,)
