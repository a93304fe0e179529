"""What ServiceNow is asked, and how what it silently ignored is noticed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from leeway.channels.servicenow import Settings, build, manifest
from leeway.channels.servicenow.compose import end, record, search
from leeway.core.alerting.policy import Severity
from leeway.errors import Denied, Invalid, NotUnderstood, TimedOut, Transient, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event, Skill
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.legible import digest

OVER = replace(PLAIN, event=Event.RESOLVED, title="Checkout is well again")
ROW = {
    "sys_id": "9d385017c611228701d22104cc95c371",
    "number": "INC7",
    "state": "1",
    "correlation_id": digest(PLAIN.key),
}


def settings(**more):
    return read_settings(Settings, {"url": "https://example.service-now.com", **more})


def sent(request):
    return msgspec.json.decode(request.body)


def after(message, *answers, **more):
    """What the channel says to this message, and what it asked, when ServiceNow answers like this in turn."""
    asked = []

    async def answer(request):
        asked.append((f"{request.method} {request.path}", await request.json() if request.can_read_body else None))
        said = answers[len(asked) - 1]
        return await said(request) if callable(said) else web.json_response({"result": said})

    async def story():
        async with FaultServer(answer) as server:
            outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), Secrets(frozenset()))
            channel = build(read_settings(Settings, {"url": server.url, "timeout_s": 0.5, **more}), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), asked


def test_an_incident_says_everything_in_fields_of_servicenow():
    """Urgency by severity, further fields by the settings, and the key's digest by which it is found again."""
    made = sent(record(settings(fields={"assignment_group": "bar", "impact": "1"}), PLAIN))
    assert made == {
        "assignment_group": "bar",
        "impact": "1",
        "short_description": PLAIN.title,
        "description": "\n".join([*PLAIN.lines, "burn rate: 16.7", "budget left: 94 %", PLAIN.link]),
        "correlation_id": digest(PLAIN.key),
        "correlation_display": "Leeway",
        "urgency": "1",
    }
    assert sent(record(settings(), replace(PLAIN, severity=Severity.TICKET)))["urgency"] == "3"
    assert "urgency" not in sent(record(settings(page=""), PLAIN))


def test_a_key_cannot_add_to_the_query():
    """Whatever people wrote in it, ^ above all."""
    asked = dict(search(settings(), replace(PLAIN, key="x^ORactive=true")).query)["sysparm_query"]
    assert [term.partition("=")[0] for term in asked.split("^")] == [
        "correlation_id",
        "correlation_display",
        "active",
        "ORDERBYsys_created_on",
    ]


def test_a_description_keeps_its_link_whole():
    """What is too long is cut before it."""
    long = replace(PLAIN, lines=("many words " * 27,) * 20)
    told = sent(record(settings(), long))["description"]
    assert len(told) == 4000
    assert told.endswith(f"…\n{PLAIN.link}")


def test_a_note_shows_brackets_that_would_be_html():
    """Journals render what stands between [code] and [/code]."""
    notes = sent(end(settings(), replace(OVER, lines=("[code]<b>x</b>[/CODE]",)), "1"))["work_notes"]
    assert "[ code]<b>x</b>[ /CODE]" in notes


@pytest.mark.parametrize(
    "more", [{"fields": {"correlation_id": "x"}}, {"table": "incident/../x"}, {"fields": {"A b": "x"}}]
)
def test_settings_that_would_be_misread_are_refused(more):
    """Leeway's own fields are not for others to set."""
    with pytest.raises(Invalid):
        settings(**more)


def test_an_alert_that_has_an_active_record_gets_no_other():
    """Nothing but the search is sent."""
    delivered, asked = after(PLAIN, [ROW])
    assert delivered.reference == "INC7"
    assert [what for what, _ in asked] == ["GET /api/now/table/incident"]


def test_a_table_that_ignores_the_query_changes_no_strangers_record():
    """Where a table lacks the field, ServiceNow leaves that part of the query out and finds anything."""
    with pytest.raises(NotUnderstood, match="a record that was not asked for"):
        after(OVER, [ROW | {"correlation_id": ""}])


def test_a_lost_correlation_is_noted():
    """The user may not write the field: ServiceNow says nothing, and copies would not be known."""
    delivered, _ = after(PLAIN, [], ROW | {"correlation_id": ""})
    assert delivered.notes == ("INC7 did not keep its correlation_id: a copy will make another one",)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fault.silence(), TimedOut),
        (fault.hang_up(), Unreachable),
        (fault.status(403), Denied),
        (fault.status(503), Transient),
        (fault.body(b"<html>Your instance is hibernating</html>", "text/html"), NotUnderstood),
    ],
)
def test_a_fault_when_the_record_is_made_or_ended_has_its_type(answer, kind):
    """As one at the search has."""
    with pytest.raises(kind, match="POST http"):
        after(PLAIN, [], answer)
    with pytest.raises(kind, match=f"PATCH http.*{ROW['sys_id']}"):
        after(OVER, [ROW], answer)


def test_the_end_is_one_request():
    """Note, mark and state together: a copy finds no record that goes on."""
    delivered, asked = after(OVER, [ROW], ROW | {"state": "6"}, state="6", close_code="Solved (Permanently)")
    assert delivered.notes == ()
    what, content = asked[1]
    assert what == f"PATCH /api/now/table/incident/{ROW['sys_id']}"
    assert content.pop("work_notes").startswith(OVER.title)
    assert content == {
        "correlation_display": "Leeway, over",
        "state": "6",
        "close_notes": OVER.title,
        "close_code": "Solved (Permanently)",
    }


def test_a_state_that_was_not_taken_is_noted():
    """ServiceNow answers 200 and leaves a field alone that the user may not write."""
    delivered, _ = after(OVER, [ROW], ROW, state="6")
    (note,) = delivered.notes
    assert note.startswith("INC7 is in state '1' and not, as asked, '6'")


def test_without_a_state_the_end_is_said_once():
    """The record stays as people left it, and its mark is changed."""
    _, asked = after(OVER, [ROW], ROW)
    assert set(asked[1][1]) == {"work_notes", "correlation_display"}


def test_a_resolution_that_finds_no_record_changes_nothing():
    """The alert may have gone to somebody else, or people have closed it."""
    delivered, asked = after(OVER, [])
    assert len(asked) == 1
    assert delivered.notes == ("no active record has this alert's correlation_id",)


@pytest.mark.parametrize(("state", "resolves"), [("6", True), ("", False)])
def test_only_a_channel_with_a_state_says_that_it_resolves(state, resolves):
    """Without one the record stays open for people."""
    channel = build(settings(state=state), Outside(VirtualClock(), Egress(), Secrets(frozenset())))
    assert (Skill.RESOLVE in channel.manifest.skills) is resolves
    assert Skill.PAGE not in manifest.skills
