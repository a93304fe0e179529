"""What a silence keeps from people, and when what still burns is told after it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.life import Life, Phase
from leeway.core.alerting.policy import Burn, Policy, Remaining, Severity
from leeway.core.alerting.silence import PAGE_WAITS_AT_MOST_S, Scope, Silence, Subject, silenced

MINUTE, HOUR = 60, 3_600
SUBJECT = Subject("checkout", "shop", "fast", frozenset({("team", "pay"), ("team", "web"), ("tier", "1")}))
BEGIN, END = 1_000 * HOUR, 1_002 * HOUR
SILENCE = Silence(1, Scope(slo="checkout"), float(BEGIN), float(END), "ann", "a new database")


def burn(long_s, short_s=None):
    return Burn(Fraction(10), long_s, short_s)


FAST = Policy("fast", Severity.PAGE, ((burn(HOUR, 5 * MINUTE),), (burn(6 * HOUR, 30 * MINUTE),)))


def life(*met):
    return Life(Phase.FIRING, BEGIN, tuple(BEGIN if one else None for one in met), ((0, BEGIN),))


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        (Scope(), True),
        (Scope(slo="checkout", service="shop", policy="fast", labels=(("tier", "1"),)), True),
        (Scope(labels=(("team", "pay"), ("team", "web"))), True),
        (Scope(slo="check"), False),
        (Scope(slo="Checkout"), False),
        (Scope(slo="checkout", service="bar"), False),
        (Scope(policy="fas*"), False),
        (Scope(labels=(("tier", "2"),)), False),
        (Scope(labels=(("tier", "1"), ("team", "ops"))), False),
    ],
)
def test_a_scope_covers_what_agrees_with_all_it_says_to_the_character(scope, covered):
    """No patterns, no prefixes; a label that has several values is each of them."""
    assert scope.covers(SUBJECT) is covered
    assert scope.everything is (scope == Scope())


@given(at=st.integers(BEGIN - HOUR, END + HOUR))
def test_a_silence_is_half_open(at):
    """Its first moment belongs to it, its end does not."""
    assert SILENCE.covers(SUBJECT, at) is (BEGIN <= at < END)
    assert SILENCE.covers(replace(SUBJECT, slo="search"), at) is False


@pytest.mark.parametrize(
    ("met", "after_s", "waits"),
    [
        ((True, True), 0, True),  # all that is known is from the silence
        ((True, True), 5 * MINUTE - 1, True),
        ((True, True), 5 * MINUTE, False),  # five minutes without a silence, and it burns: tell
        ((False, True), 5 * MINUTE, True),  # the half hour still holds the silence
        ((False, True), 30 * MINUTE, False),
        ((False, False), 29 * MINUTE, True),  # not met now: it cools, and will resolve
        ((False, False), 30 * MINUTE, False),  # the silence explains nothing any more
        ((True, True), 30 * 24 * HOUR, False),
    ],
)
def test_after_a_silence_only_what_burns_in_data_from_after_it_is_told(met, after_s, waits):
    """The short window that has left the silence decides; the longest of them at the latest."""
    found = silenced([SILENCE], SUBJECT, FAST, life(*met), END + after_s, END + after_s)
    assert (found is not None) is waits


def test_a_page_without_a_short_window_waits_for_half_an_hour_and_a_ticket_until_its_window_is_clear():
    """A real outage after the work is told in time; a ticket has time."""
    page = Policy("fast", Severity.PAGE, ((burn(6 * HOUR),),))
    ticket = replace(page, severity=Severity.TICKET)
    for policy, waits_s in ((page, PAGE_WAITS_AT_MOST_S), (ticket, 6 * HOUR)):
        late = [END + waits_s - 1, END + waits_s]
        assert [silenced([SILENCE], SUBJECT, policy, life(True), at, at) for at in late] == [SILENCE, None]


def test_what_no_window_explains_is_told_at_once():
    """A budget that is nearly gone is so after the work too."""
    policy = Policy("fast", Severity.PAGE, ((Remaining(Fraction(1, 5)),),))
    assert silenced([SILENCE], SUBJECT, policy, life(True), END, END) is None


def test_data_that_comes_late_is_judged_by_its_own_time():
    """Ten minutes after the end, from a source ten minutes behind, all that is known is from the silence."""
    now = END + 10 * MINUTE
    assert silenced([SILENCE], SUBJECT, FAST, life(True, True), END, now) == SILENCE
    assert silenced([SILENCE], SUBJECT, FAST, life(True, True), END + 5 * MINUTE, now) is None


def test_of_several_the_one_that_ends_last_is_named_and_one_to_come_keeps_nothing():
    """Nor one that was called off, nor one about something else."""
    longer = replace(SILENCE, number=2, ends_at=END + 60.0)
    to_come = replace(SILENCE, number=3, starts_at=BEGIN + 60.0, ends_at=END + 90.0)
    called_off = replace(SILENCE, number=4, starts_at=float(BEGIN), ends_at=float(BEGIN))
    other = replace(SILENCE, number=5, scope=Scope(slo="search"), ends_at=END + 90.0)
    assert silenced([SILENCE, longer, to_come, other], SUBJECT, FAST, life(True, True), BEGIN, BEGIN) == longer
    assert silenced([to_come, called_off, other], SUBJECT, FAST, life(True, True), BEGIN, BEGIN) is None
