"""Who sees a part sees it as if there were no more, and changes nothing beside it."""

from __future__ import annotations

import json
import re
from html import unescape
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
from tests.server.access import people
from tests.server.access.conftest import OTHERS, SHOP, apply, definition
from tests.server.access.test_table import TABLE, bearer
from tests.server.example_book import FILES
from tests.server.serving import served, slo

from leeway.server.safety import Rates

LISTS = sorted(
    one.partition(" ")[2]
    for one, action in TABLE.items()
    if one.startswith("GET ")
    and "{" not in one
    and one != "GET /api/v1/events"
    and action.value in ("read", "own", "share")
)
QUERY = "/api/v1/prom/api/v1/query?query=" + quote("sum(leeway_slo_target_ratio)")


@pytest.mark.parametrize("path", LISTS)
def test_no_list_and_no_page_tells_of_other_projects(town, path):
    """By API, page or metric; what they may see is there."""
    response, body = town.server.ask("GET", path, headers=bearer(town, "owner", "shop") | {"Accept": "text/html"})
    assert response.status in (200, 400), body
    assert not any(name.encode() in body for name in OTHERS)
    if path in ("/api/v1/status", "/api/v1/documents", "/api/v1/sources", "/metrics", "/slos"):
        assert all(name.encode() in body for name in SHOP)


def test_sums_in_the_language_of_prometheus_leave_others_out(town):
    """Before anything is added up."""
    for project, count in (("shop", 2), ("*", 4)):
        headers = bearer(town, "viewer", project)
        asked = "/api/v1/prom/api/v1/series?match[]=" + quote("{slo=~'.+'}") + "&start=0"
        told = json.loads(town.server.ask("GET", asked, headers=headers)[1])
        assert len({one["slo"] for one in told["data"]}) == count, told
    assert town.server.ask("GET", QUERY, headers=bearer(town, "viewer", "shop"))[0].status in (200, 400, 422)


def test_a_page_that_names_an_slo_beside_its_address_shows_none_of_others(town):
    """The calendar, and what filters name."""
    headers = bearer(town, "owner", "shop") | {"Accept": "text/html"}
    for path, status in (("/calendar?slo=buyzz", 200), ("/calendar?slo=pourzz", 404), ("/alerts?slo=pourzz", 200)):
        response, body = town.server.ask("GET", path, headers=headers)
        assert response.status == status, path
        assert b"SLO 'pourzz'" not in body or status == 404


PAGES = ["/", "/slos", "/alerts", "/silences", "/sources", "/calendar", "/reports/weekly/2026-09-14", "/find?q=zz"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_one_project_and_its_links_stay_in_it(town, path):
    """For who sees more; the switch names all that they see, and what is of one's own machine stays as it is."""
    headers = bearer(town, "viewer") | {"Accept": "text/html"}
    asked = f"{path}{'&' if '?' in path else '?'}project=shop"
    response, body = town.server.ask("GET", asked, headers=headers)
    assert response.status == 200
    assert not any(name.encode() in body for name in OTHERS)
    page = body.decode()
    assert re.findall(r"<option[^>]*>(\w+)</option>", page.partition("</form>")[0]) == ["all", "bar", "default", "shop"]
    for link in re.findall(r'<a [^>]*href="(/[^"]*)"', page):
        own = link.startswith(("/api/", "/metrics", "/account")) and not link.startswith("/api/v1/status?")
        assert ("project=shop" in link) != own, link
    for question in re.findall(r'<form[^>]* method="get".*?</form>', page, re.DOTALL):
        assert '<input type="hidden" name="project" value="shop">' in question


def test_a_form_leads_back_into_its_project(house):
    """A note is written on a page of one project: the page after it is of that project too."""
    at = "/slos/buyzz?tab=ledger&project=shop"
    browser = people.signed_in(house, "ann", **{"*": "editor"})
    page = browser.get(at)[1].decode()
    action = unescape(re.search(r'action="(/forms/slos/buyzz/annotations[^"]*)"', page)[1])
    assert action == "/forms/slos/buyzz/annotations?project=shop"
    response, _ = browser.send(at, action, {"text": "a move", "by": "ann", "start": "", "end": ""})
    assert response.headers["Location"] == "/slos/buyzz?tab=ledger&project=shop#notes"
    plain, _ = browser.send(at, action.partition("?")[0], {"text": "a move", "by": "ann", "start": "", "end": ""})
    assert plain.headers["Location"] == "/slos/buyzz?tab=ledger#notes"


def test_the_switch_has_what_somebody_sees_and_an_address_no_more(town):
    """An SLO of another project, and a project that is not seen, are not there."""
    for role, path, status in (
        (("viewer", "*"), "/slos/buyzz?project=shop", 200),
        (("viewer", "*"), "/slos/buyzz?project=bar", 404),
        (("viewer", "*"), "/slos?project=nowhere", 404),
        (("viewer", "*"), "/slos?project=", 200),
        (("viewer", "shop"), "/slos?project=bar", 404),
        (("viewer", "shop"), "/slos?project=shop", 200),
    ):
        headers = bearer(town, *role) | {"Accept": "text/html"}
        assert town.server.ask("GET", path, headers=headers)[0].status == status, path
    _, body = town.server.ask("GET", "/slos", headers=bearer(town, "viewer", "shop") | {"Accept": "text/html"})
    assert b'name="project"' not in body


def test_without_people_the_switch_goes_by_the_annotation(fresh):
    """As soon as there are two projects."""
    assert apply(fresh, definition("buyzz", "shop"))[0] == 200
    assert b'name="project"' not in fresh.ask("GET", "/slos")[1]
    assert apply(fresh, slo("barezz"))[0] == 200
    _, body = fresh.ask("GET", "/slos?project=shop")
    assert (b'name="project"' in body, b"buyzz" in body, b"barezz" in body) == (True, True, False)


def test_no_hint_names_what_is_in_other_projects(house):
    """Whoever sees all is helped; for who sees a part it is as if nothing like it were there."""
    service = (
        "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: cellarzz, annotations: {leeway.dev/project: bar}}\n"
    )
    assert apply(house, service + "spec: {}\n")[0] == 200
    text = definition("newzz", "shop").replace("service: shop", "service: cellarz")
    files = {"files": [{"file": "a.yaml", "text": text}]}
    for project, helped in (("*", True), ("shop", False)):
        token = people.token(house, "editor", project)
        status, told = people.api(house, "POST", "/api/v1/plan", files, token)
        assert (status, "cellarzz" in json.dumps(told)) == (200, helped)


def test_a_replay_is_told_to_those_who_see_its_slo(tmp_path):
    """In the list and by its number; its subject names the span too."""
    (tmp_path / "points.csv").write_text("time,good,total\n2026-09-21T13:30:00Z,9,10\n")
    with served(tmp_path / "data", roots=(tmp_path,)) as server:
        named = "metadata: {name: files"
        theirs = FILES.replace(named + "}", named + ", annotations: {leeway.dev/project: shop}}")
        assert apply(server, theirs)[0] == 200
        people.let_in(server, "root", **{"*": "admin"})
        wish = {"slo": "files", "start": "2026-09-21T13:00:00Z", "end": "2026-09-21T14:00:00Z"}
        status, job = people.api(server, "POST", "/api/v1/replay", wish)
        assert status == 202, job
        for project, seen in (("shop", True), ("bar", False)):
            token = people.token(server, "viewer", project)
            assert (people.api(server, "GET", "/api/v1/jobs", token=token)[1]["items"] != []) == seen
            assert (people.api(server, "GET", f"/api/v1/jobs/{job['id']}", token=token)[0] == 200) == seen


def test_the_stream_begins_without_telling_of_others(town):
    """A tick, with nothing in it that is not theirs."""
    connection = HTTPConnection("127.0.0.1", town.server.port, timeout=20)
    try:
        connection.request("GET", "/api/v1/events", None, bearer(town, "viewer", "shop"))
        answer = connection.getresponse()
        assert (answer.status, answer.readline()[:3]) == (200, b"id:")
    finally:
        connection.close()


def test_definitions_of_other_projects_are_not_there(town):
    """One by one, and their history; with the same words as for what never was."""
    headers = bearer(town, "owner", "shop")
    for path in ("/api/v1/documents/SLO/pourzz", "/api/v1/documents/SLO/pourzz/history", "/api/v1/documents/SLO/never"):
        response, _ = town.server.ask("GET", path, headers=headers)
        assert response.status == 404
    assert town.server.ask("GET", "/api/v1/documents/SLO/buyzz/history", headers=headers)[0].status == 200


def test_an_editor_changes_only_what_is_in_the_project(house):
    """Neither what is elsewhere, nor by moving it there or from there; nothing of it is applied."""
    token = people.token(house, "editor", "shop")
    bigger = "[{target: 0.95}]"
    assert apply(house, definition("newzz", "shop"), token=token)[0] == 200
    for texts in (
        [definition("newzz", "bar")],
        [definition("pourzz", "shop")],
        [slo("otherzz")],
        [
            definition("buyzz", "shop").replace("[{target: 0.9}]", bigger),
            definition("pourzz", "bar").replace("0.9", "0.8"),
        ],
    ):
        status, told = apply(house, *texts, token=token)
        assert (status, told["type"]) == (403, "urn:leeway:problem:denied")
    assert "0.95" not in str(people.api(house, "GET", "/api/v1/documents/SLO/buyzz"))
    files = {"files": [{"file": "a.yaml", "text": definition("newzz", "shop")}], "prune": True}
    assert people.api(house, "POST", "/api/v1/apply", files, token=token)[0] == 403
    assert people.api(house, "DELETE", "/api/v1/documents/SLO/pourzz", token=token)[0] == 404
    assert people.api(house, "DELETE", "/api/v1/documents/SLO/newzz", token=token)[0] == 200


def test_points_are_taken_only_for_the_project(house):
    """All of a push or nothing; an ingest token needs nothing else."""
    token = people.token(house, "ingest", "shop")
    row = {"slo": "buyzz", "time": "2026-09-21T13:00:00Z", "good": 1, "total": 2}
    assert people.api(house, "POST", "/api/v1/push", row, token=token)[0] == 200
    for name in ("pourzz", "barezz", "never"):
        assert people.api(house, "POST", "/api/v1/push", [row, row | {"slo": name}], token=token)[0] == 403
    assert people.api(house, "GET", "/api/v1/status", token=token)[0] == 403


def test_a_silence_of_somebody_who_sees_a_part_names_their_slo(house):
    """And they neither see nor end those of others."""
    token = people.token(house, "editor", "shop")
    wish = {"by": "me", "why": "work", "lasts_s": 600}
    status, told = people.api(house, "POST", "/api/v1/silences", wish | {"slo": "buyzz"}, token=token)
    assert (status, told["silence"]["by"]) == (200, "token t")
    assert people.api(house, "POST", "/api/v1/silences", wish | {"slo": "pourzz"}, token=token)[0] == 404
    for scope in ({"service": "shop"}, {"everything": True}):
        assert people.api(house, "POST", "/api/v1/silences", wish | scope, token=token)[0] == 403
    _, theirs = people.api(house, "POST", "/api/v1/silences", wish | {"slo": "pourzz"})
    number = theirs["silence"]["number"]
    assert len(people.api(house, "GET", "/api/v1/silences", token=token)[1]["items"]) == 1
    assert people.api(house, "DELETE", f"/api/v1/silences/{number}?by=me", token=token)[0] == 404
    assert people.api(house, "DELETE", f"/api/v1/silences/{told['silence']['number']}?by=me", token=token)[0] == 200


def test_the_history_keeps_who_it_was_and_not_who_they_say(house):
    """By token or session; the machine's own token is believed."""
    token = people.token(house, "editor", "shop")
    files = {"files": [{"file": "a.yaml", "text": definition("newzz", "shop")}], "by": "somebody else"}
    assert people.api(house, "POST", "/api/v1/apply", files, token=token)[0] == 200
    assert people.api(house, "GET", "/api/v1/documents/SLO/newzz")[1]["by"] == "token t"
    files["files"][0]["text"] = definition("elsezz", "shop")
    assert people.api(house, "POST", "/api/v1/apply", files)[0] == 200
    assert people.api(house, "GET", "/api/v1/documents/SLO/elsezz")[1]["by"] == "somebody else"
    _, log = people.api(house, "GET", "/api/v1/audit?limit=2")
    assert [(one["who"], one["what"], one["subject"], one["place"]) for one in log["items"]] == [
        ("somebody else", "document.create", "SLO elsezz", "127.0.0.1"),
        ("token t", "document.create", "SLO newzz", "127.0.0.1"),
    ]
    assert "elsezz" in log["items"][0]["after"]
    _, older = people.api(house, "GET", f"/api/v1/audit?limit=100&after={log['next']}")
    assert "token.add" in {one["what"] for one in older["items"]}


def test_a_key_of_a_wish_is_its_callers_own(house):
    """Under the key of another a wish is carried out anew, and nothing is told of theirs."""
    shop, bar = people.token(house, "editor", "shop"), people.token(house, "editor", "bar")

    def wish(token, slo):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1", "Content-Type": "application/json"}
        body = json.dumps({"by": "me", "why": "work", "lasts_s": 600, "slo": slo})
        response, told = house.ask("POST", "/api/v1/silences", body, headers)
        return response.status, response.headers.get("Idempotent-Replayed"), json.loads(told)

    first, again, other = wish(shop, "buyzz"), wish(shop, "buyzz"), wish(bar, "pourzz")
    assert (first[0], first[1], again[1]) == (200, None, "true")
    assert first[2] == again[2]
    assert (other[0], other[1], other[2]["silence"]["slo"]) == (200, None, "pourzz")
    assert wish(bar, "buyzz")[0] == 422


def test_a_limit_is_each_callers_own(tmp_path):
    """Two tokens from one address: what one asked does not count for the other."""
    with served(tmp_path / "data", rates=Rates(reads=1)) as server:
        people.let_in(server, "root", **{"*": "admin"})
        one, other = (people.token(server, "viewer") for _ in range(2))
        told = [people.api(server, "GET", "/api/v1/me", token=one)[0] for _ in range(11)]
        assert told == [200] * 10 + [429]
        assert people.api(server, "GET", "/api/v1/me", token=other)[0] == 200


@pytest.mark.parametrize(
    "path", ["/slos?rows=1000", "/slos?sort=-slo", "/slos?format=csv", "/fleet", "/", "/?group=project", "/?by=burn"]
)
def test_what_was_kept_for_one_who_sees_all_is_not_shown_to_one_who_sees_a_part(town, path):
    """Rows are made once for everybody; which of them are shown is decided for each."""
    whole = town.server.ask("GET", path, headers=bearer(town, "owner", "*") | {"Accept": "text/html"})[1]
    assert any(name.encode() in whole for name in OTHERS) or path.startswith("/?")
    part = town.server.ask("GET", path, headers=bearer(town, "viewer", "shop") | {"Accept": "text/html"})[1]
    assert not any(name.encode() in part for name in OTHERS)


def test_labels_of_several_are_changed_by_those_who_may(house):
    """A viewer looks at the plan of no SLO; an editor of one project finds none of another, and changes their own."""
    asked = {"slo": "buyzz", "label": "tier=1", "do": "look"}
    viewer = people.signed_in(house, "vera", shop="viewer")
    assert viewer.send("/slos?choose=on", "/forms/slos/labels", asked)[0].status == 403
    editor = people.signed_in(house, "edna", shop="editor")
    response, body = editor.send("/slos?choose=on", "/forms/slos/labels", asked | {"slo": "pourzz"})
    assert response.status == 422
    assert b"there is no SLO" in body
    response, body = editor.send("/slos?choose=on", "/forms/slos/labels", asked)
    assert response.status == 200
    assert b'name="by" value="edna"' in body
    told = asked | {"do": "apply", "by": "somebody", "seen": "buyzz@1"}
    assert editor.send("/slos?choose=on", "/forms/slos/labels", told)[0].status == 303
    assert people.api(house, "GET", "/api/v1/documents/SLO/buyzz")[1]["by"] == "edna"


@pytest.mark.parametrize("number", ["9" * 20, "-1", "1e3", "x"])
def test_the_audit_log_goes_on_from_numbers_alone(town, number):
    """What is none is refused, also one that no store could count to."""
    for path in (f"/api/v1/audit?after={number}", f"/settings/audit?before={number}"):
        response, body = town.server.ask("GET", path, headers=bearer(town, "admin"))
        assert response.status in (400, 422), body
