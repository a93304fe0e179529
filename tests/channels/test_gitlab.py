"""What GitLab is asked, and that no command, mention or reference that people wrote reaches it as one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels.gitlab import Settings, build, manifest
from leeway.channels.gitlab.compose import Issue, among, comment, issue, listing
from leeway.core.alerting.policy import Severity
from leeway.errors import Denied, Invalid, NotUnderstood, Throttled, TimedOut, Transient, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event, Skill
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.legible import digest

OVER = replace(PLAIN, event=Event.RESOLVED, title="Checkout is well again")
MARK = f"<!-- leeway:{digest(PLAIN.key)} -->"
OURS = {"iid": 7, "description": f"{MARK}\nwords", "labels": ["leeway"]}
OTHER = {"iid": 8, "description": None, "labels": []}


def settings(**more):
    return read_settings(Settings, {"project": "example/shop", "token": {"env": "TOKEN"}, **more})


def sent(request):
    return msgspec.json.decode(request.body)


def after(message, *answers, **more):
    """What the channel says to this message, and what it asked, when GitLab answers like this in turn."""
    asked = []

    async def answer(request):
        path = request.rel_url.raw_path
        asked.append((f"{request.method} {path}", await request.json() if request.can_read_body else None))
        said = answers[len(asked) - 1]
        return await said(request) if callable(said) else web.json_response(said)

    async def story():
        async with FaultServer(answer) as server:
            secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": "t" * 20})
            outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets)
            channel = build(settings(url=server.url, timeout_s=0.5, **more), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), asked


def test_an_issue_has_its_labels_and_begins_with_its_mark():
    """One label by which Leeway looks, one by severity, and those of the settings."""
    made = sent(issue(settings(page="severity::1", labels=["bar"], assignees=[5], confidential=True), PLAIN))
    assert made.pop("description").startswith(f"{MARK}\n```\n {PLAIN.lines[0]}\n")
    assert made == {
        "title": PLAIN.title,
        "labels": "leeway,severity::1,bar",
        "assignee_ids": [5],
        "confidential": True,
    }
    assert sent(issue(settings(page="severity::1"), replace(PLAIN, severity=Severity.TICKET)))["labels"] == "leeway"


@given(st.lists(st.text(st.sampled_from("`~ @a#/\n"), max_size=12), max_size=4))
def test_nothing_that_people_wrote_ends_the_block_or_begins_a_line(lines):
    """Its fence is longer than any run of backticks inside, and each line of theirs is set in: none is a command."""
    body = sent(comment(settings(), 7, replace(PLAIN, lines=tuple(lines), link="")))["body"].split("\n")
    fence = body[0]
    assert set(fence) == {"`"}
    assert [number for number, line in enumerate(body[1:]) if fence in line] == [len(body) - 3]
    assert {line[0] for line in body[1:-2]} == {" "}


@pytest.mark.parametrize(
    "title",
    ["@all #12 !3 &4 ~bug %v1 $5", "see http://evil.example www.evil.example :fire:", '~"x y" ^alert#1', "@" * 300],
)
def test_a_title_mentions_and_links_nothing_and_reads_as_it_was_written(title):
    """GitLab reads titles too: what follows such a sign is kept apart by a character without width."""
    shown = sent(issue(settings(), replace(PLAIN, title=title)))["title"]
    assert not re.search(r"""[@~%][\w"]|[#!&$]\d|://|www\.|:[a-z]+:""", shown)
    assert len(shown) <= 255
    assert title.startswith(shown.replace("\u2060", "").removesuffix("…"))


def test_times_in_titles_stay_as_they_are():
    """So that people can search for them."""
    assert sent(issue(settings(), replace(PLAIN, title="10 % since 11:38: bad")))["title"] == "10 % since 11:38: bad"


@pytest.mark.parametrize(
    ("description", "ours"), [(f"{MARK}\r\n```", True), (f"text of a stranger\n{MARK}", False), (None, False)]
)
def test_the_mark_counts_at_the_beginning_alone(description, ours):
    """Where no text of other people can stand."""
    assert (among([Issue(1, "…"), Issue(2, description)], PLAIN) is not None) is ours


@pytest.mark.parametrize("more", [{"project": "shop"}, {"project": "a/../b"}, {"project": "a/b?c"}, {"label": "a,b"}])
def test_settings_that_would_be_misread_are_refused(more):
    """A comma between labels asks for issues that have both."""
    with pytest.raises(Invalid):
        settings(**more)


@pytest.mark.parametrize(("project", "path"), [("278964", "278964"), ("example/team/shop", "example%2Fteam%2Fshop")])
def test_a_project_is_named_by_its_number_or_its_path(project, path):
    """The path is one part of the address."""
    assert listing(settings(project=project), 1).url == f"https://gitlab.com/api/v4/projects/{path}/issues"


def test_an_alert_that_has_an_open_issue_gets_no_other():
    """It may stand on any of the pages; no more of them are read."""
    delivered, asked = after(PLAIN, [OTHER] * 30, [OTHER, OURS] * 15)
    assert delivered.reference == "example/shop#7"
    assert [what for what, _ in asked] == ["GET /api/v4/projects/example%2Fshop/issues"] * 2


def test_more_issues_than_are_read_are_noted_and_the_alert_is_told():
    """Better twice than never."""
    delivered, asked = after(PLAIN, *([[OTHER] * 30] * 10), OURS)
    assert len(asked) == 11
    assert delivered.notes == ("more than 300 issues are open under 'leeway': older ones were not read",)


def test_labels_that_were_dropped_are_noted():
    """GitLab leaves them out without a word for a guest, and then no copy is known."""
    delivered, _ = after(PLAIN, [], OURS | {"labels": []})
    (note,) = delivered.notes
    assert note.startswith("example/shop#7 has no labels, so a copy will make another")


FAULTS = [
    (fault.silence(), TimedOut),
    (fault.hang_up(), Unreachable),
    (fault.status(403), Denied),
    (fault.status(429), Throttled),
    (fault.status(503), Transient),
    (fault.body(b"{}"), NotUnderstood),
    (fault.body(b'{"iid": 7, "id": 1}', "text/html"), NotUnderstood),
]


@pytest.mark.parametrize(("answer", "kind"), FAULTS)
def test_a_fault_when_the_issue_is_made_or_closed_has_its_type(answer, kind):
    """As one at the list has; and nothing was said that would be said again."""
    with pytest.raises(kind, match=r"POST http.*/issues: "):
        after(PLAIN, [], answer)
    with pytest.raises(kind, match=r"PUT http.*/issues/7: "):
        after(OVER, [OURS], answer)


def test_an_issue_is_closed_first_and_then_commented():
    """The comment says what the message says."""
    delivered, asked = after(OVER, [OURS], OURS, {"id": 1})
    assert delivered.notes == ()
    assert asked[1] == ("PUT /api/v4/projects/example%2Fshop/issues/7", {"state_event": "close"})
    assert asked[2][0] == "POST /api/v4/projects/example%2Fshop/issues/7/notes"
    assert OVER.title in asked[2][1]["body"]


@pytest.mark.parametrize(("answer", "_kind"), FAULTS)
def test_a_comment_that_is_not_taken_after_closing_is_noted(answer, _kind):
    """The issue is found no more: another try could not say it either."""
    delivered, _ = after(OVER, [OURS], OURS, answer)
    assert delivered.reference == "example/shop#7"
    (note,) = delivered.notes
    assert note.startswith("the issue is closed, but its comment was not taken: ")


def test_a_resolution_that_finds_no_issue_changes_nothing():
    """The alert may have gone to somebody else, or people have closed its issue."""
    delivered, asked = after(OVER, [OTHER])
    assert len(asked) == 1
    assert delivered.notes == ("no open issue has this alert's mark",)


def test_a_ticket_system_does_not_page():
    """It wakes nobody."""
    assert manifest.skills == {Skill.DEDUPLICATE, Skill.RESOLVE}
