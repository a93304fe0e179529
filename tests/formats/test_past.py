"""Incidents that people marked, and alerts that another tool sent: read whole, or refused with their place."""

from __future__ import annotations

import json

import pytest

from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid
from leeway.formats.past import Marked, read_incidents, read_pages

T0 = "2026-01-03T14:58:00Z"
S0 = 1_767_452_280


def alert(slo="shop", *, start=T0, end="0001-01-01T00:00:00Z", **more):
    """As Alertmanager writes one."""
    labels = {"alertname": "Burn", "slo": slo, "severity": "critical"}
    return {"labels": labels, "annotations": {}, "startsAt": start, "endsAt": end} | more


def pages(document):
    """What JSON tells."""
    return read_pages(json.dumps(document).encode(), "am.json")


def test_incidents_are_read_with_and_without_the_columns_that_need_not_be():
    """Times as RFC 3339 or seconds; a quoted comma, CRLF and a byte order mark do no harm."""
    text = f'\ufeffstart,end,slo,title\r\n{T0},{S0 + 60},shop,"down, all of it"\r\n\r\n{S0},{S0 + 1},,\r\n'
    assert read_incidents(text.encode(), "i.csv") == (
        [Marked(2, S0, S0 + 60, "shop", "down, all of it"), Marked(4, S0, S0 + 1, "", "")],
        [],
    )
    assert read_incidents(f"end,start\n{S0 + 5},{S0}\n".encode(), "i.csv")[0] == [Marked(2, S0, S0 + 5, "", "")]


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        ("yesterday,60", "start", "is no time"),
        ("60,", "end", "is no time"),
        ("60,60", "end", "ends before it starts"),
        ("2026-01-03T14:58:00,60", "start", "is no time"),
    ],
)
def test_a_line_that_tells_of_no_incident_is_set_aside_with_its_column(line, column, why):
    """The line before it stays."""
    marked, (refused,) = read_incidents(f"start,end\n0,60\n{line}\n".encode(), "i.csv")
    assert len(marked) == 1
    assert (refused.line, refused.column) == (3, column)
    assert why in refused.message


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"", "i.csv", "empty"),
        (b"start\n0\n", "i.csv:1", "'end' is missing"),
        (b"start,end,sol\n", "i.csv:1", "no column 'sol'"),
        (b"start,end,end\n", "i.csv:1", "twice"),
        (b"start,end\n0,\xff\n", "i.csv:2", "not UTF-8"),
        (b'start,end\n0,"60\n', "i.csv", "unexpected end"),
    ],
)
def test_what_is_no_table_of_incidents_is_refused_with_its_place(data, place, why):
    """And with what to do."""
    with pytest.raises(Invalid, match=why) as caught:
        read_incidents(data, "i.csv")
    assert caught.value.place.startswith(place)
    assert caught.value.mend


def test_past_alerts_as_csv():
    """Without a severity it was a page; other words are read as in OpenSLO."""
    text = f"time,slo,severity,resolved,name\n{S0},shop,,{S0 + 60},burn\n{S0},shop,warning,,\n"
    first, second = read_pages(text.encode(), "p.csv").sent
    assert (first.at, first.slo, first.severity, first.resolved, first.name) == (
        S0,
        "shop",
        Severity.PAGE,
        S0 + 60,
        "burn",
    )
    assert (second.severity, second.resolved) == (Severity.TICKET, None)


def test_lines_of_a_csv_that_tell_of_no_alert_are_set_aside():
    """No time, no SLO, over before it began."""
    text = f"time,slo,resolved\nx,shop,\n{S0},,\n{S0},shop,{S0 - 1}\n{S0},shop,\n"
    found = read_pages(text.encode(), "p.csv")
    assert [(one.line, one.column) for one in found.refused] == [(2, "time"), (3, "slo"), (4, "resolved")]
    assert [one.line for one in found.sent] == [5]


def test_webhooks_of_alertmanager_one_on_each_line():
    """Firing and then resolved is one alert; what fires has only a guess of its end."""
    guess, end = "2026-01-03T15:02:00Z", "2026-01-03T15:10:00.123456Z"
    lines = [
        {"version": "4", "status": "firing", "alerts": [alert(end=guess, status="firing"), alert("login")]},
        {"version": "4", "status": "resolved", "alerts": [alert(end=end, status="resolved")]},
        {"version": "4", "status": "firing", "alerts": [alert(end=guess, status="firing")]},
    ]
    found = read_pages("\n".join(json.dumps(line) for line in lines).encode(), "am.ndjson")
    assert [(one.slo, one.at, one.resolved) for one in found.sent] == [("shop", S0, S0 + 720), ("login", S0, None)]
    assert found.refused == ()
    assert found.sent[0].severity is Severity.PAGE


def test_the_answer_of_alertmanagers_api():
    """Its status is an object, and it answers what is up now."""
    (one,) = pages([alert(end="2026-01-03T15:02:00Z", status={"state": "active"}, fingerprint="a")]).sent
    assert (one.slo, one.resolved, one.name) == ("shop", None, "Burn")


def test_labels_of_other_tools_say_the_slo_too():
    """Sloth's for example; an alert with none of them is set aside, with those that would do."""
    sloth = alert() | {"labels": {"alertname": "x", "sloth_slo": "requests"}}
    found = pages([sloth, alert() | {"labels": {"alertname": "DiskFull"}}, 5])
    assert [one.slo for one in found.sent] == ["requests"]
    assert [one.column for one in found.refused] == ["labels", "labels"]
    assert "sloth_slo" in found.refused[0].message


def test_json_that_is_none_is_refused_with_its_line():
    """Half a document on the second line; nesting without end."""
    with pytest.raises(Invalid, match="no JSON") as caught:
        read_pages(b'{"alerts": []}\n{"alerts": [', "am.json")
    assert caught.value.place == "am.json:2"
    with pytest.raises(Invalid, match="nested too deeply"):
        read_pages(b"[" * 100_000, "am.json")


@pytest.mark.parametrize("start", [None, 5, "soon", "2026-01-03T14:58:00", "0001-01-01T00:00:00Z"])
def test_an_alert_without_a_start_is_set_aside(start):
    """There is nothing to compare."""
    found = pages([alert(start=start)])
    assert (found.sent, [one.column for one in found.refused]) == ((), ["startsAt"])
