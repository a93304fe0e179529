"""Definitions as resources: seen with an ETag, written only over what was seen, listed in pages."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.server.serving import slo

from leeway.client import Client, Overtaken
from leeway.clock import SystemClock
from leeway.errors import Conflict, Invalid

AT = "/api/v1/documents/SLO/checkout"


def of(answer):
    response, body = answer
    return response.status, json.loads(body)


def put(server, text, path=AT, **headers):
    """One PUT; headers are written with underscores."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask("PUT", path, text, server.bearer | {"Content-Type": "application/yaml"} | told)


def other(target):
    return slo("checkout", objectives=f"[{{target: {target}}}]")


def test_a_definition_is_created_seen_and_changed_over_what_was_seen(fresh):
    """201 with its ETag, 304 to who has it, 200 over it; the answer is what a plan says."""
    response, body = put(fresh, slo("checkout"))
    tag = response.headers["ETag"]
    assert (response.status, tag) == (201, '"1"')
    assert [(one["action"], one["expected"]) for one in json.loads(body)["changes"]] == [("create", 0)]
    seen, _ = fresh.ask("GET", AT)
    assert seen.headers["ETag"] == tag
    response, body = fresh.ask("GET", AT, headers={"If-None-Match": tag})
    assert (response.status, body) == (304, b"")
    response, body = put(fresh, other(0.95), AT + "?by=ann", If_Match=tag)
    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert json.loads(body)["changes"][0]["effects"]
    assert [one["by"] for one in of(fresh.ask("GET", AT + "/history"))[1]["items"]] == ["ann", "api"]


def test_the_second_of_two_who_edit_sees_what_differs_and_chooses(fresh):
    """412 with the ETag that stands there and a diff; `*` overwrites, once one has chosen to."""
    put(fresh, slo("checkout"))
    put(fresh, other(0.95), AT + "?by=ann", If_Match='"1"')
    response, body = put(fresh, other(0.99), If_Match='"1"')
    problem = json.loads(body)
    assert (response.status, problem["status"], response.headers["ETag"]) == (412, 412, '"2"')
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "ann" in problem["detail"]
    changed = [line.replace(" ", "") for line in problem["differs"].splitlines() if "target" in line]
    assert changed == ["--target:0.95", "+-target:0.99"]
    assert put(fresh, other(0.99), If_Match="*")[0].headers["ETag"] == '"3"'


@pytest.mark.parametrize("headers", [{}, {"If_None_Match": "*"}, {"If_Match": '"7"'}, {"If_Match": 'W/"1"'}])
def test_nothing_is_overwritten_by_who_does_not_know_it(fresh, headers):
    """Without a word about the revision, as something new, with a wrong tag or a weak one."""
    put(fresh, slo("checkout"))
    assert put(fresh, other(0.99), **headers)[0].status == 412
    assert fresh.ask("GET", AT)[0].headers["ETag"] == '"1"'


def test_what_is_not_there_is_not_changed(fresh):
    """If-Match names something that stands there."""
    assert put(fresh, slo("checkout"), If_Match="*")[0].status == 412
    assert put(fresh, slo("checkout"), If_None_Match="*")[0].status == 201


def test_the_same_again_is_no_new_revision_and_json_is_read_too(fresh):
    """KEEP, under the same ETag."""
    put(fresh, slo("checkout"))
    assert put(fresh, slo("checkout"), If_Match='"1"')[0].headers["ETag"] == '"1"'
    service = {"apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": "shop"}, "spec": {}}
    assert put(fresh, json.dumps(service), "/api/v1/documents/Service/shop")[0].status == 201


def test_a_dry_run_tells_and_does_nothing(fresh):
    """Its answer is a plan."""
    status, plan = of(put(fresh, slo("checkout"), AT + "?dry_run=true"))
    assert (status, plan["changes"][0]["action"]) == (200, "create")
    assert fresh.ask("GET", AT)[0].status == 404


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (slo("chekout"), 422, "SLO chekout"),
        (slo("checkout") + "---\n" + slo("search"), 422, "search"),
        (slo("checkout").replace("target: 0.9", "target: 9"), 422, "target"),
        ("", 422, "nothing"),
        (b"\xff\xfe", 400, "UTF-8"),
    ],
)
def test_a_body_that_is_not_that_one_document_is_refused(fresh, text, status, said):
    """Another name, two documents, what OpenSLO refuses, nothing, no text."""
    response, body = put(fresh, text)
    assert (response.status, said in body.decode()) == (status, True), body
    assert of(fresh.ask("GET", "/api/v1/documents"))[1] == {"items": []}


def test_a_definition_is_deleted_only_as_it_was_seen(fresh):
    """With If-Match; without it as ever."""
    put(fresh, slo("checkout"))
    assert fresh.ask("DELETE", AT, headers=fresh.bearer | {"If-Match": '"2"'})[0].status == 412
    assert fresh.ask("DELETE", AT, headers=fresh.bearer | {"If-Match": '"1"'})[0].status == 200
    assert fresh.ask("GET", AT)[0].status == 404


def test_the_client_writes_over_what_it_saw_and_is_told_what_differs(fresh):
    """Overtaken is a Conflict; a document that is wrong is Invalid."""

    async def story():
        async with Client(fresh.url, SystemClock(), token=fresh.token) as client:
            await client.put("SLO", "checkout", slo("checkout"), by="ann", revision=0)
            await client.put("SLO", "checkout", other(0.95), by="ann", revision=1)
            with pytest.raises(Overtaken) as late:
                await client.put("SLO", "checkout", other(0.99), by="bob", revision=1)
            with pytest.raises(Overtaken):
                await client.delete("SLO", "checkout", by="bob", revision=1)
            with pytest.raises(Invalid):
                await client.put("SLO", "checkout", other(99), by="bob", revision=2)
            return late.value, await client.delete("SLO", "checkout", by="bob", revision=2)

    late, gone = asyncio.run(story())
    assert isinstance(late, Conflict)
    assert "0.95" in late.differs
    assert gone.body is None


MANY = ["api", "basket", "checkout", "delivery", "login"]


def labelled(name, labels="{}"):
    return slo(name).replace(f"metadata: {{name: {name}}}", f"metadata: {{name: {name}, labels: {labels}}}")


@pytest.fixture
def many(fresh):
    """Five SLOs of one service, some of which carry labels."""
    labels = {"api": "{tier: [gold, old]}", "login": "{tier: gold}"}
    text = "---\n".join(labelled(name, labels.get(name, "{}")) for name in MANY)
    body = json.dumps({"files": [{"file": "a.yaml", "text": text}]})
    assert fresh.ask("POST", "/api/v1/apply", body, fresh.bearer)[0].status == 200
    return fresh


def names(server, query=""):
    told = of(server.ask("GET", f"/api/v1/documents{query}"))[1]
    return [one["name"] for one in told["items"]], told.get("next")


def test_a_list_comes_in_pages_that_what_happens_meanwhile_does_not_shift(many):
    """Each definition once, also when one that was shown is deleted and one before it is made."""
    first, cursor = names(many, "?limit=2")
    assert first == ["api", "basket"]
    assert many.ask("DELETE", "/api/v1/documents/SLO/api", headers=many.bearer)[0].status == 200
    assert put(many, slo("aaa"), "/api/v1/documents/SLO/aaa")[0].status == 201
    second, cursor = names(many, f"?limit=2&after={cursor}")
    assert second == ["checkout", "delivery"]
    assert names(many, f"?limit=2&after={cursor}") == (["login"], None)


def test_a_list_is_asked_for_by_kind_name_and_label_in_any_order(many):
    """A page downwards goes on downwards."""
    assert names(many) == (MANY, None)
    assert names(many, "?kind=Service")[0] == []
    assert names(many, "?name=e&kind=SLO")[0] == ["basket", "checkout", "delivery"]
    assert names(many, "?label=tier%3Dgold")[0] == ["api", "login"]
    assert names(many, "?label=tier%3Dold")[0] == ["api"]
    assert names(many, "?label=tier&name=log")[0] == ["login"]
    down, cursor = names(many, "?sort=-name&limit=3")
    assert (down, names(many, f"?sort=-name&after={cursor}")[0]) == (MANY[:1:-1], MANY[1::-1])


@pytest.mark.parametrize("query", ["?sort=colour", "?after=abc", "?limit=0", "?after=W10", "?after=%C3%A4"])
def test_a_page_that_does_not_exist_is_400(many, query):
    """An order that is none, a cursor of nothing or of another order, a page of nothing."""
    assert many.ask("GET", f"/api/v1/documents{query}")[0].status == 400
