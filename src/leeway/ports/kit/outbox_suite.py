"""The contract of every Outbox: subclass `OutboxSuite`, say how it and its AlertStore are opened, pytest runs all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.core.alerting.policy import Severity
from leeway.errors import Conflict
from leeway.ports.alerts import Alert, AlertStore, Outgoing
from leeway.ports.channel import Event, Message
from leeway.ports.kit.alerts_suite import ALERT, MESSAGE, turn
from leeway.ports.outbox import RECENT_S, Heard, Outbox, Posted, Settlement, Taken, Waiting
from leeway.spec.routes import Role

Stores = tuple[AlertStore, Outbox]
Opener = Callable[[Path], Stores]

OVER = replace(MESSAGE, event=Event.RESOLVED, at=900.0)


def ann(message: Message = MESSAGE, due_at: float = 600.0) -> Outgoing:
    """A message for ann."""
    return Outgoing("ann", message, due_at)


def other(number: int) -> tuple[Alert, Message]:
    """One more alert, and its message."""
    return replace(ALERT, key=f"k{number}", policy=f"p{number}"), replace(MESSAGE, key=f"k{number}")


def taken(outbox: Outbox, now: float) -> tuple[Taken, ...]:
    """All that is due is to be sent."""
    due = sorted(outbox.around(now, limit=10).due)
    return outbox.settle(Settlement(send=due), now, lease_s=60)


class OutboxSuite:
    """What delivery counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the stores kept in a folder, and makes them when the folder is new."""
        raise NotImplementedError("the suite needs to know how the stores are opened")

    @pytest.fixture
    def stores(self, opener: Opener, tmp_path: Path) -> Stores:
        """New ones."""
        return opener(tmp_path / "data")

    def test_a_message_is_taken_once_while_it_is_leased(self, stores: Stores) -> None:
        """Whole as it was put out; when the lease ends without a mark it is taken again, and counts the attempt."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann(), Outgoing("bob", MESSAGE, 900.0))])
        assert taken(outbox, 599) == ()
        (first,) = taken(outbox, 600)
        assert (first.recipient, first.message, first.attempts, first.first_due_at) == ("ann", MESSAGE, 0, 600.0)
        assert taken(outbox, 659) == ()
        (again,) = taken(outbox, 660)
        assert (again.number, again.attempts) == (first.number, 1)

    def test_a_delivered_message_is_never_taken_again(self, stores: Stores) -> None:
        """And tells where it went."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        (one,) = taken(outbox, 600)
        outbox.delivered(one.number, at=601.0, reference="#12", notes=("a peer is down", "another too"))
        assert taken(outbox, 1e9) == ()
        (told,) = outbox.deliveries("k1")
        assert (told.recipient, told.event, told.sent_at, told.reference) == ("ann", "fired", 601.0, "#12")
        assert (told.attempts, told.error, told.role) == (1, "", Role.NAMED)
        assert told.notes == ("a peer is down", "another too")

    def test_what_is_to_be_told_again_is_taken_again_and_arrived_when_it_first_did(self, stores: Stores) -> None:
        """Until it is dropped; a message that is to be told again is never pruned."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        (one,) = taken(outbox, 600)
        outbox.delivered(one.number, at=601.0, reference="#1", again_at=661.0)
        assert taken(outbox, 660) == ()
        (again,) = taken(outbox, 661)
        assert (again.number, again.again, one.again) == (one.number, True, False)
        outbox.delivered(one.number, at=662.0, reference="#2", again_at=722.0)
        outbox.prune(10_000.0)
        (told,) = outbox.deliveries("k1")
        assert (told.sent_at, told.reference) == (601.0, "#2")
        outbox.settle(Settlement(drop={one.number: "it is over"}), 722, lease_s=60)
        assert taken(outbox, 1e9) == ()
        assert outbox.deliveries("k1")[0].sent_at == 601.0

    def test_a_failed_message_waits_as_long_as_it_is_told_or_is_given_up(self, stores: Stores) -> None:
        """The error stays to be read."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        (one,) = taken(outbox, 600)
        outbox.postpone(one.number, error="no answer", until=700.0)
        assert taken(outbox, 699) == ()
        (one,) = taken(outbox, 700)
        outbox.postpone(one.number, error="gone", until=None)
        assert taken(outbox, 1e9) == ()
        assert [(each.error, each.sent_at) for each in outbox.deliveries("k1")] == [("gone", None)]

    def test_pages_that_reached_somebody_are_counted_and_how_many_were_taken(self, stores: Stores) -> None:
        """By alert, alone or together with others; not what failed, what is a ticket, or what is long ago."""
        alerts, outbox = stores
        second, about_second = other(2)
        third, about_third = other(3)
        ticket = replace(ALERT, key="t", policy="t", severity=Severity.TICKET)
        about_ticket = replace(MESSAGE, key="t", severity=Severity.TICKET)
        bob = Outgoing("bob", MESSAGE, 600.0)
        alerts.record([turn(ALERT, ann(), bob), turn(second, ann(about_second)), turn(third, ann(about_third))])
        alerts.record([turn(ticket, ann(about_ticket))])
        due = sorted(outbox.around(600, limit=10).due)
        posted = {one.number: one for one in outbox.around(600, limit=10).posted}
        of = {(one.recipient, one.message.key): number for number, one in posted.items()}
        both = Outgoing("ann", replace(MESSAGE, key="both"), 600.0, Role.TOGETHER)
        together = {of["ann", "k2"]: "both", of["ann", "k3"]: "both"}
        outbox.settle(Settlement(together=together, post=[both]), 600, lease_s=60)
        assert outbox.heard(0.0) == {}
        for one in taken(outbox, 600):
            if one.recipient == "ann":
                outbox.delivered(one.number, at=601.0, reference="")
            else:
                outbox.postpone(one.number, error="gone", until=None)
        assert len(due) == 5
        assert outbox.heard(0.0) == {"ann": Heard(3, 0)}
        alerts.acknowledge("k2", by="ann", at=700.0)
        assert outbox.heard(0.0) == {"ann": Heard(3, 1)}
        assert outbox.heard(600.0) == {}

    def test_what_was_settled_by_another_is_left(self, stores: Stores) -> None:
        """Two that deliver look at the same; each message is settled once."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        (number,) = outbox.around(600, limit=10).due
        assert len(outbox.settle(Settlement(send=(number,)), 600, lease_s=60)) == 1
        late = Settlement(send=(number,), drop={number: "x"}, together={number: "y"}, amend={number: OVER})
        assert outbox.settle(late, 600, lease_s=60) == ()
        ((one,), (told,)) = outbox.around(660, limit=10).posted, outbox.deliveries("k1")
        assert (one.message, one.together, told.error) == (MESSAGE, "", "")

    def test_nobody_is_told_of_by_a_message_that_has_gone_out_meanwhile(self, stores: Stores) -> None:
        """One that delivers works out that a message grows; before that is settled the message goes out as it was.
        Then none of it holds, or who should have been told of in it never would be."""
        alerts, outbox = stores
        second, about_second = other(2)
        alerts.record([turn(ALERT, replace(ann(), role=Role.TOGETHER))])
        (grows,) = outbox.around(600, limit=10).due
        alerts.record([turn(second, ann(about_second))])
        late = outbox.around(600, limit=10).due - {grows}
        settlement = Settlement((grows,), {}, dict.fromkeys(late, "k1"), (ann(OVER),), {grows: OVER})
        assert len(outbox.settle(Settlement(send=(grows,)), 600, lease_s=60)) == 1
        assert outbox.settle(settlement, 600, lease_s=60) == ()
        assert outbox.around(600, limit=10).due == late
        assert [one.together for one in outbox.deliveries("k2")] == [""]
        assert [one.event for one in outbox.deliveries("k1")] == ["fired"]

    def test_several_keys_are_asked_for_at_once(self, stores: Stores) -> None:
        """Oldest first, whatever their order; none for none."""
        alerts, outbox = stores
        second, about_second = other(2)
        alerts.record([turn(ALERT, ann()), turn(second, ann(about_second))])
        told = outbox.deliveries(second.key, ALERT.key, "strange")
        assert [one.key for one in told] == [ALERT.key, second.key]
        assert outbox.deliveries() == ()

    def test_the_newest_of_each_recipient_are_asked_for_at_once(self, stores: Stores) -> None:
        """Recipients by name; a busy one hides no quiet one."""
        alerts, outbox = stores
        (second, about_second), (third, about_third) = other(2), other(3)
        zoe = Outgoing("zoe", MESSAGE, 600.0)
        alerts.record([turn(ALERT, zoe, ann()), turn(second, ann(about_second)), turn(third, ann(about_third))])
        told = [(one.recipient, one.key) for one in outbox.newest(each=2)]
        assert told == [("ann", third.key), ("ann", second.key), ("zoe", ALERT.key)]

    def test_what_is_due_and_has_not_gone_out_waits(self, stores: Stores) -> None:
        """Also while it is tried; not what is due later, was sent, or was given up."""
        alerts, outbox = stores
        second, about_second = other(2)
        third, about_third = other(3)
        alerts.record(
            [turn(ALERT, ann()), turn(second, ann(about_second)), turn(third, ann(about_third, due_at=900.0))]
        )
        assert outbox.waiting(599) == Waiting()
        first, failing = taken(outbox, 600)
        assert outbox.waiting(600) == Waiting(2, 0, 600.0)
        outbox.delivered(first.number, at=601.0, reference="#1")
        outbox.postpone(failing.number, error="no answer", until=700.0)
        assert outbox.waiting(650) == Waiting(1, 1, 600.0)
        outbox.postpone(failing.number, error="gone", until=None)
        assert outbox.waiting(650) == Waiting()

    def test_what_is_dropped_is_never_taken_and_says_why(self, stores: Stores) -> None:
        """It counts no attempt."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, replace(ann(), role=Role.FALLBACK, stands_for="bob"))])
        (one,) = outbox.around(600, limit=10).posted
        assert (one.role, one.stands_for) == (Role.FALLBACK, "bob")
        outbox.settle(Settlement(drop={one.number: "not needed"}), 600, lease_s=60)
        assert taken(outbox, 1e9) == ()
        (told,) = outbox.deliveries("k1")
        assert (told.error, told.attempts, told.role) == ("not needed", 0, Role.FALLBACK)

    def test_the_end_is_put_out_for_those_for_whom_the_alert_was(self, stores: Stores) -> None:
        """Each once, whatever roles they have; of an alert that nobody was to be told of, for nobody."""
        alerts, outbox = stores
        twice = replace(ann(due_at=1_500.0), role=Role.ESCALATION)
        alerts.record([turn(ALERT, ann(), twice, Outgoing("bob", MESSAGE, 600.0))])
        silent = replace(OVER, key="k2")
        alerts.record([replace(turn(replace(ALERT, resolved_at=900)), ended=(OVER, silent))])
        told = [(each.recipient, each.event) for each in outbox.deliveries("k1")]
        assert told[3:] == [("ann", "resolved"), ("bob", "resolved")]
        assert outbox.deliveries("k2") == ()

    def test_the_end_of_what_is_not_watched_any_more_is_put_out_too(self, stores: Stores) -> None:
        """In one with its resolution."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        alerts.forget([(7, "fast")], 900, [OVER])
        assert [each.event for each in outbox.deliveries("k1")] == ["fired", "resolved"]

    def test_messages_told_together_fare_as_the_one_that_tells_of_them(self, stores: Stores) -> None:
        """It may grow while it waits, under its key; all can be taken by it, and it is there to be asked for."""
        alerts, outbox = stores
        one, two = other(1), other(2)
        alerts.record([turn(one[0], ann(one[1]), policy="p1"), turn(two[0], ann(two[1]), policy="p2")])
        first, second = sorted(outbox.around(600, limit=10).due)
        both = replace(MESSAGE, key="both", title="two burn")
        post = (Outgoing("ann", both, 600.0, Role.TOGETHER),)
        outbox.settle(Settlement(together={first: "both", second: "both"}, post=post), 600, lease_s=60)
        (number,) = outbox.around(600, limit=10).due
        outbox.settle(Settlement(amend={number: replace(both, title="more burn")}), 600, lease_s=60)
        (sent,) = taken(outbox, 600)
        assert (sent.message.key, sent.message.title) == ("both", "more burn")
        assert outbox.deliveries("k1")[0].sent_at is None
        outbox.delivered(sent.number, at=605.0, reference="#1")
        (told,) = outbox.deliveries("k2")
        assert (told.sent_at, told.reference, told.together, told.title) == (605.0, "#1", "both", MESSAGE.title)
        taken_up = alerts.acknowledge("both", by="ann", at=700.0)
        assert [(each.key, each.acknowledged_by) for each in taken_up] == [("k1", "ann"), ("k2", "ann")]
        alerts.record([turn(replace(one[0], resolved_at=900), policy="p1")])
        assert [each.key for each in alerts.acknowledge("both", by="bob", at=901.0)] == ["k2"]
        alerts.record([turn(replace(two[0], resolved_at=950), policy="p2")])
        with pytest.raises(Conflict):
            alerts.acknowledge("both", by="bob", at=951.0)

    def test_around_what_is_due_stands_all_that_decides_about_it(self, stores: Stores) -> None:
        """Messages of the same alert, what waits for the same people or reached them lately, what was told together."""
        alerts, outbox = stores
        for number in (1, 2, 3, 4):
            alert, message = other(number)
            to = ann(message) if number != 4 else Outgoing("bob", message, 600.0)
            alerts.record([turn(alert, to, policy=alert.policy)])
        one, two, three, four = sorted(outbox.around(600, limit=10).due)
        both = Outgoing("ann", replace(MESSAGE, key="both"), 600.0, Role.TOGETHER)
        outbox.settle(Settlement(together={one: "both", two: "both"}, post=(both,)), 600, lease_s=60)
        outbox.settle(Settlement(send=(three,)), 600, lease_s=60)
        outbox.delivered(three, at=610.0, reference="")
        outbox.settle(Settlement(drop={four: "x"}), 600, lease_s=60)
        alerts.record(
            [replace(turn(replace(other(2)[0], resolved_at=900), policy="p2"), ended=(replace(OVER, key="k2"),))]
        )
        found = outbox.around(900, limit=10)
        assert {key: found.alerts[key].resolved_at for key in ("k1", "k2")} == {"k1": None, "k2": 900}
        posted = {(each.message.key, each.message.event.value): each for each in found.posted}
        wanted = {("k1", "fired"), ("k2", "fired"), ("k2", "resolved"), ("both", "fired"), ("k3", "fired")}
        assert wanted <= posted.keys()
        fired = posted["k1", "fired"]
        assert fired == Posted(one, "ann", other(1)[1], 600.0, None, together="both")
        assert (posted["k3", "fired"].sent_at, posted["k3", "fired"].attempts) == (610.0, 1)
        later = outbox.around(610 + RECENT_S, limit=10)
        assert later.due == found.due

    def test_a_crowd_of_messages_for_one_does_not_hide_those_for_others(self, stores: Stores) -> None:
        """However many wait for ann, bob's page is looked at now."""
        alerts, outbox = stores
        for number in range(1, 8):
            alert, message = other(number)
            to = Outgoing("bob" if number == 7 else "ann", message, 600.0 + number)
            alerts.record([turn(alert, to, policy=alert.policy)])
        found = outbox.around(700, limit=3)
        looked_at = [each.recipient for each in found.posted if each.number in found.due]
        assert sorted(looked_at) == ["ann", "ann", "ann", "bob"]

    def test_only_so_many_are_looked_at_the_oldest_first(self, stores: Stores) -> None:
        """The rest comes next time."""
        alerts, outbox = stores
        for number, due_at in ((1, 620.0), (2, 600.0), (3, 610.0)):
            alert, message = other(number)
            alerts.record([turn(alert, ann(message, due_at), policy=alert.policy)])
        found = outbox.around(700, limit=2)
        keys = {each.message.key for each in found.posted if each.number in found.due}
        assert keys == {"k2", "k3"}

    def test_what_is_old_and_done_is_pruned_and_what_waits_is_not(self, stores: Stores) -> None:
        """With a key only what has it; numbers are never given twice. What told of an alert that is up stays too."""
        alerts, outbox = stores
        for number, due_at in ((1, 600.0), (2, 610.0), (3, 700.0)):
            alert, message = other(number)
            alerts.record([turn(alert, ann(message, due_at), policy=alert.policy)])
        first, second = (one.number for one in taken(outbox, 650))
        outbox.delivered(first, at=651.0, reference="")
        outbox.prune(10_000.0, key="k2")
        assert len(outbox.deliveries("k1")) == 1
        outbox.prune(600.0)
        assert len(outbox.deliveries("k1")) == 1
        outbox.prune(10_000.0)
        assert len(outbox.deliveries("k1")) == 1
        over = replace(other(1)[0], resolved_at=900)
        alerts.record([turn(over, policy=over.policy)])
        outbox.prune(10_000.0)
        assert [len(outbox.deliveries(key)) for key in ("k1", "k2", "k3")] == [0, 1, 1]
        alerts.record([turn(other(4)[0], ann(other(4)[1]), policy="p4")])
        assert first not in outbox.around(10_000, limit=10).due
        assert second in outbox.around(10_000, limit=10).due

    def test_a_message_that_told_of_several_is_not_pruned_while_one_of_them_is_up(self, stores: Stores) -> None:
        """Else its end could not be told."""
        alerts, outbox = stores
        alerts.record([turn(ALERT, ann())])
        (single,) = outbox.around(600, limit=10).due
        whole = Outgoing("ann", replace(MESSAGE, key="together"), 600.0, Role.TOGETHER)
        outbox.settle(Settlement(together={single: "together"}, post=(whole,)), 600, lease_s=60)
        (one,) = taken(outbox, 600)
        outbox.delivered(one.number, at=601.0, reference="")
        outbox.prune(10_000.0)
        assert len(outbox.deliveries("together")) == 1
        alerts.record([turn(replace(ALERT, resolved_at=900))])
        outbox.prune(10_000.0)
        assert len(outbox.deliveries("together")) == 0
