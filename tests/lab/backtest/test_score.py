"""How a candidate did: alerts matched with incidents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.lab.backtest import Incident, Told, Truth, score

MINUTE, HOUR = 60, 3_600
NOON = 12 * HOUR


def page(at, resolved, **more):
    """A page that was sent when it fired."""
    known = {"severity": Severity.PAGE, "slo": "shop", "objective": "main"} | more
    return Told("a", policy="p", condition="c", fired_at=at, sent_at=at, resolved_at=resolved, **known)


def scored(told, incidents, *, marked=True, zone="UTC"):
    """Of one candidate, over everything."""
    return score("a", told, Truth(tuple(incidents), marked, zone))


def test_an_incident_that_is_paged_counts_with_its_delays():
    """Five minutes to the page, ten from the end to the reset."""
    told = [page(NOON + 5 * MINUTE, NOON + 70 * MINUTE, consumed_ratio=0.25)]
    found = scored(told, [Incident(NOON, NOON + HOUR, "shop")])
    assert (found.pages, found.false_pages, found.incidents, found.paged, found.missed) == (1, 0, 1, 1, 0)
    assert (found.detection_s, found.reset_s, found.budget_at_page) == (300, 600, 0.25)
    assert (found.precision, found.recall) == (1.0, 1.0)


def test_a_page_without_an_incident_is_false_and_an_incident_without_a_page_is_missed():
    """Precision and recall are then none."""
    found = scored([page(NOON, NOON + HOUR)], [Incident(NOON + 5 * HOUR, NOON + 6 * HOUR, "shop")])
    assert (found.false_pages, found.missed, found.detection_s) == (1, 1, None)
    assert (found.precision, found.recall) == (0.0, 0.0)


def test_a_ticket_alone_is_told_apart_from_a_page_and_from_nothing():
    """Recall is of pages: nobody got up for a ticket."""
    found = scored([page(NOON, NOON + HOUR, severity=Severity.TICKET)], [Incident(NOON, NOON + HOUR)])
    assert (found.paged, found.ticketed, found.missed, found.recall, found.precision) == (0, 1, 0, 0.0, None)


def test_only_what_was_sent_counts():
    """A held page woke nobody."""
    kept = replace(page(NOON, NOON + HOUR), sent_at=None, suppressed_by=Suppression.HOLD)
    found = scored([kept], [Incident(NOON, NOON + HOUR)])
    assert (found.pages, found.missed) == (0, 1)


@pytest.mark.parametrize(
    ("sent", "answers"), [(-11, False), (-9, True), (0, True), (60, True), (89, True), (91, False)]
)
def test_a_page_answers_from_ten_minutes_before_an_incident_until_half_an_hour_after_it(sent, answers):
    """People mark starts late, and windows look back; the incident lasts an hour."""
    found = scored([page(NOON + sent * MINUTE, NOON + (sent + 1) * MINUTE)], [Incident(NOON, NOON + HOUR)])
    assert bool(found.paged) is answers


def test_a_page_that_is_up_when_the_next_incident_begins_is_not_false_and_detects_nothing():
    """It is about something that goes on; the incident itself got no page of its own."""
    found = scored([page(NOON - HOUR, NOON + HOUR)], [Incident(NOON, NOON + HOUR)])
    assert (found.false_pages, found.paged, found.missed) == (0, 0, 1)


def test_without_marks_a_page_is_false_if_its_burn_was_over_before_anybody_could_act():
    """Fourteen minutes after the page nothing was left to mend; at sixteen there was."""
    piece = Incident(NOON, NOON + 20 * MINUTE, "shop", "main", cost=0.2)
    late, soon = (page(NOON + at * MINUTE, NOON + HOUR) for at in (6, 4))
    assert scored([late], [piece], marked=False).false_pages == 1
    assert scored([soon], [piece], marked=False).false_pages == 0
    assert scored([soon], [piece], marked=False).precision is None


def test_an_incident_of_all_services_is_one_incident_and_any_of_them_can_tell():
    """The first of two pages counts; one of another time does not help."""
    told = [page(NOON + 9 * MINUTE, None), page(NOON + 3 * MINUTE, NOON + HOUR, slo="login")]
    found = scored(told, [Incident(NOON, NOON + HOUR)])
    assert (found.incidents, found.paged, found.detection_s) == (1, 1, 180)


def test_an_incident_of_another_service_is_not_answered():
    """Whose page it is matters."""
    found = scored([page(NOON, NOON + HOUR)], [Incident(NOON, NOON + HOUR, "login")])
    assert (found.false_pages, found.missed) == (1, 1)


def test_an_alert_of_an_slo_as_a_whole_answers_incidents_of_its_objectives():
    """Other tools know no objectives."""
    told = [page(NOON + MINUTE, NOON + HOUR, objective="")]
    found = scored(told, [Incident(NOON, NOON + HOUR, "shop", "main", cost=0.5)], marked=False)
    assert (found.paged, found.false_pages, found.missed) == (1, 0, 0)


def test_night_is_where_people_sleep():
    """03:00 in UTC is noon in Tokyo."""
    told = [page(3 * HOUR, 4 * HOUR)]
    assert scored(told, ()).night_pages == 1
    assert scored(told, (), zone="Asia/Tokyo").night_pages == 0


def test_nothing_at_all_has_a_score():
    """No page, no incident: nothing to divide by."""
    found = scored([], [])
    assert (found.pages, found.precision, found.recall, found.detection_s) == (0, None, None, None)
