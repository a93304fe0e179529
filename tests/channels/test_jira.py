"""What Jira is asked, in which order, and what holds if it refuses in the middle."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from leeway.channels.jira import Settings, build, manifest
from leeway.channels.jira.compose import comment, issue, search
from leeway.core.alerting.policy import Severity
from leeway.errors import Denied, Invalid, NotUnderstood, TimedOut, Transient, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event, Skill
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer

OVER = replace(PLAIN, event=Event.RESOLVED, title="Checkout is well again")
NONE, ONE = b'{"issues": []}', b'{"issues": [{"key": "SHOP-7"}]}'
WAYS = b'{"transitions": [{"id": "31", "name": "Done"}, {"id": "41", "name": "Won\'t do"}]}'


def settings(**more):
    return read_settings(Settings, {"url": "https://jira.example", "project": "SHOP", **more})


def sent(request):
    return msgspec.json.decode(request.body)


def after(message, *answers, **more):
    """What the channel says to this message, and what it asked, when Jira answers like this in turn."""
    asked = []

    async def answer(request):
        asked.append((f"{request.method} {request.path}", await request.json() if request.can_read_body else None))
        said = answers[len(asked) - 1]
        return web.Response(body=said) if isinstance(said, bytes) else await said(request)

    async def story():
        async with FaultServer(answer) as server:
            outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), Secrets(frozenset()))
            tree = {"url": server.url, "project": "SHOP", "timeout_s": 0.5, **more}
            channel = build(read_settings(Settings, tree), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), asked


def test_an_issue_says_everything_in_fields_of_jira():
    """Type, priority and further fields are those of the settings; the label leads back to the alert."""
    made = sent(issue(settings(page="Highest", issue_type="Incident", fields={"components": [{"name": "bar"}]}), PLAIN))
    fields = made["fields"]
    label = fields["labels"].pop()
    assert f'labels = "{label}"' in dict(search(settings(), PLAIN).query)["jql"]
    assert {name: fields[name] for name in fields if name != "description"} == {
        "project": {"key": "SHOP"},
        "issuetype": {"name": "Incident"},
        "summary": PLAIN.title,
        "labels": ["leeway"],
        "priority": {"name": "Highest"},
        "components": [{"name": "bar"}],
    }
    kinds = [block["type"] for block in fields["description"]["content"]]
    assert kinds == ["paragraph"] * len(PLAIN.lines) + ["bulletList", "paragraph"]


def test_a_priority_that_nobody_named_is_left_to_the_project():
    """Not every project has the field."""
    ticket = replace(PLAIN, severity=Severity.TICKET)
    assert "priority" not in sent(issue(settings(page="Highest"), ticket))["fields"]


@pytest.mark.parametrize("title", ["🔥" * 200, "x" + "🔥" * 200])
def test_a_summary_is_cut_as_jira_counts(title):
    """In UTF-16 units, and never through the middle of a character."""
    summary = sent(issue(settings(), replace(PLAIN, title=title)))["fields"]["summary"]
    assert len(summary.encode("utf-16-le")) // 2 in {254, 255}
    assert title.startswith(summary.removesuffix("…"))


def test_the_end_of_the_block_cannot_be_written_by_people():
    """In wiki markup all that they wrote stands in one block that is not read."""
    odd = replace(PLAIN, lines=("{noformat}[~everyone]{NoFormat:x}",), link="")
    told = sent(comment(settings(edition="data-center"), "SHOP-7", odd))["body"]
    assert told.startswith("{noformat}\n")
    assert told.endswith("\n{noformat}\n")
    assert told.lower().count("{noformat") == 2
    assert "[~everyone]" in told


@pytest.mark.parametrize(
    "more",
    [
        {"fields": {"summary": "x"}},
        {"project": 'X" OR project = "Y'},
        {"labels": ["two words"]},
        {"transitions": "Done"},
    ],
)
def test_settings_that_jira_or_leeway_would_misread_are_refused(more):
    """A project's key cannot change the query."""
    with pytest.raises(Invalid):
        settings(**more)


def test_an_alert_that_has_an_open_issue_gets_no_other():
    """Nothing but the search is sent."""
    delivered, asked = after(PLAIN, ONE)
    assert delivered.reference == "SHOP-7"
    assert [what for what, _ in asked] == ["GET /rest/api/3/search/jql"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (fault.silence(), TimedOut),
        (fault.hang_up(), Unreachable),
        (fault.status(403), Denied),
        (fault.status(503), Transient),
        (b"[]", NotUnderstood),
        (b"<html>", NotUnderstood),
    ],
)
def test_a_fault_when_the_issue_is_made_has_its_type(answer, kind):
    """As one at the search has: the message is not told."""
    with pytest.raises(kind, match=r"POST http://127.0.0.1:\d+/rest/api/3/issue"):
        after(PLAIN, NONE, answer)


def test_an_issue_is_closed_first_and_then_commented():
    """The transition has the name of the settings, exactly, and the fields that they give."""
    delivered, asked = after(
        OVER, ONE, WAYS, b"", b'{"id": "1"}', transition="Won't do", transition_fields={"resolution": {"name": "Done"}}
    )
    assert delivered.notes == ()
    assert [what for what, _ in asked[1:]] == [
        "GET /rest/api/3/issue/SHOP-7/transitions",
        "POST /rest/api/3/issue/SHOP-7/transitions",
        "POST /rest/api/3/issue/SHOP-7/comment",
    ]
    assert asked[2][1] == {"transition": {"id": "41"}, "fields": {"resolution": {"name": "Done"}}}
    assert OVER.title in str(asked[3][1])


def test_a_comment_that_is_not_taken_after_closing_is_noted():
    """The issue is found no more: another try could not say it either."""
    delivered, _ = after(OVER, ONE, WAYS, b"", fault.status(503), transition="Done")
    assert delivered.reference == "SHOP-7"
    (note,) = delivered.notes
    assert note.startswith("SHOP-7 is closed, but its comment was not taken: ")


def test_a_transition_that_is_not_taken_is_an_error_and_nothing_was_said():
    """The next try begins anew, so a comment is not said twice."""
    with pytest.raises(Transient):
        after(OVER, ONE, WAYS, fault.status(503), transition="Done")


@pytest.mark.parametrize("name", ["", "done"])
def test_without_a_transition_the_end_is_said_and_the_label_taken_away(name):
    """Both in one request, so a copy says nothing. A name that is not offered is noted, with those that are."""
    answers = [ONE, *([WAYS] if name else []), b""]
    delivered, asked = after(OVER, *answers, transition=name)
    what, content = asked[-1]
    assert what == "PUT /rest/api/3/issue/SHOP-7"
    assert set(content["update"]) == {"comment", "labels"}
    assert content["update"]["labels"] == [{"remove": sent(issue(settings(), OVER))["fields"]["labels"][-1]}]
    assert [("no transition called 'done', only Done, Won't do" in note) for note in delivered.notes] == [True] * bool(
        name
    )


def test_a_resolution_that_finds_no_issue_changes_nothing():
    """The alert may have gone to somebody else, or people have closed its issue."""
    delivered, asked = after(OVER, NONE, transition="Done")
    assert len(asked) == 1
    assert delivered.notes == ("no open issue has this alert's label",)


@pytest.mark.parametrize(("transition", "resolves"), [("Done", True), ("", False)])
def test_only_a_channel_with_a_transition_says_that_it_resolves(transition, resolves):
    """Without one the issue stays open for people."""
    outside = Outside(VirtualClock(), Egress(), Secrets(frozenset()))
    channel = build(settings(transition=transition), outside)
    assert (Skill.RESOLVE in channel.manifest.skills) is resolves
    assert Skill.PAGE not in manifest.skills
