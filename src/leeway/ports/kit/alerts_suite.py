"""The contract of every AlertStore: subclass `AlertStoreSuite`, say how to open one, and pytest runs all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life, Phase
from leeway.core.alerting.policy import Severity
from leeway.errors import Conflict, NotFound
from leeway.ports.alerts import Alert, AlertStore, Outgoing, Standing, Turn
from leeway.ports.channel import Event, Message

Opener = Callable[[Path], AlertStore]

LIFE = Life(Phase.FIRING, 600, (600, None), ((0, 600), (2, 660)), None)
ALERT = Alert("k1", 7, "bar", "main", "fast", Severity.PAGE, "burn", 600, consumed_ratio=0.5, reasons=("a “b”", "c"))
MESSAGE = Message("k1", Event.FIRED, Severity.PAGE, "it burns", ("one", "two"), slo="bar", at=600.0, facts={"a": "b"})


def turn(alert: Alert | None = ALERT, *outgoing: Outgoing, life: Life = LIFE, policy: str = "fast") -> Turn:
    """A change of one policy on objective 7."""
    return Turn((7, policy), Standing(life, alert.key if alert else None), alert, outgoing)


class AlertStoreSuite:
    """What the watcher and delivery count on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> AlertStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_what_was_recorded_is_there_again(self, store: AlertStore) -> None:
        """Every field, in standings and alerts."""
        store.record([turn(), turn(None, life=Life(Phase.PENDING, 1, (None, 5), (), 9), policy="slow")])
        assert store.standings() == {
            (7, "fast"): Standing(LIFE, "k1"),
            (7, "slow"): Standing(Life(Phase.PENDING, 1, (None, 5), (), 9)),
        }
        assert store.alert("k1") == ALERT
        assert store.alert("k2") is None

    def test_a_later_record_replaces_what_it_names(self, store: AlertStore) -> None:
        """The same key is the same alert; the same watch, the same standing."""
        store.record([turn()])
        over = replace(ALERT, resolved_at=900, sent_at=600, suppressed_by=Suppression.INHIBITION)
        store.record([turn(over, life=Life())])
        assert store.alerts() == (over,)
        assert store.standings() == {(7, "fast"): Standing(Life(), "k1")}

    def test_alerts_come_newest_first_and_can_be_asked_for_by_slo_and_by_being_up(self, store: AlertStore) -> None:
        """A limit too."""
        old, other = (
            replace(ALERT, key="k0", fired_at=60, resolved_at=90),
            replace(ALERT, key="k2", slo="b", fired_at=700),
        )
        store.record([turn(old), turn(), turn(other, policy="slow")])
        doubted = replace(old, key="k-", fired_at=30, slo="c", suppressed_by=Suppression.DOUBT)
        store.record([turn(doubted)])
        assert [one.key for one in store.alerts(slo="c")] == ["k-"]
        assert [one.key for one in store.alerts()] == ["k2", "k1", "k0", "k-"]
        assert [one.key for one in store.alerts(slo="bar", up=True)] == ["k1"]
        assert [one.key for one in store.alerts(limit=1)] == ["k2"]
        assert [one.key for one in store.lasted((7, "fast"))] == ["k0"]

    def test_alerts_of_the_past_are_added_and_change_nothing(self, store: AlertStore) -> None:
        """Neither standings nor what is there under the same key."""
        store.record([turn()])
        past = replace(ALERT, key="k0", fired_at=60, resolved_at=90, sent_at=60)
        assert store.remember([past, replace(ALERT, reasons=("other",)), past]) == {"k0"}
        assert store.alerts() == (ALERT, past)
        assert store.standings() == {(7, "fast"): Standing(LIFE, "k1")}
        assert store.lasted((7, "fast")) == (past,)

    def test_what_is_no_longer_watched_ends(self, store: AlertStore) -> None:
        """Its standing goes, its alert is resolved; others stay."""
        store.record([turn(), turn(replace(ALERT, key="k2", policy="slow"), policy="slow")])
        store.forget([(7, "fast")], 800)
        assert set(store.standings()) == {(7, "slow")}
        assert [(one.key, one.resolved_at) for one in store.alerts()] == [("k1", 800), ("k2", None)]

    def test_an_acknowledgement_stays_whatever_is_recorded_later(self, store: AlertStore) -> None:
        """The first who takes it is named; what is over cannot be taken."""
        store.record([turn()])
        (taken,) = store.acknowledge("k1", by="ann", at=700.5)
        assert taken.acknowledged_by == "ann"
        store.record([turn(replace(ALERT, sent_at=600))])
        (taken,) = store.acknowledge("k1", by="bob", at=800.5)
        assert (taken.acknowledged_by, taken.acknowledged_at, taken.sent_at) == ("ann", 700.5, 600)
        store.record([turn(replace(ALERT, resolved_at=900))])
        with pytest.raises(Conflict):
            store.acknowledge("k1", by="bob", at=901.0)
        with pytest.raises(NotFound):
            store.acknowledge("k2", by="bob", at=901.0)
