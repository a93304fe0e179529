"""Every operation of the server has one action, and every role is let through or refused as the table says."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest
from tests.server.access.conftest import OTHERS, ROLES

from leeway.engine.people import ALLOWED, Action, People, Role
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_people import MemoryPeople
from leeway.server.access.operations import OPERATIONS, Operations
from leeway.server.app import create_app

TABLE = {told: action for action, operations in OPERATIONS.items() for told in operations}
FILLED = {
    "slo": "buyzz",
    "kind": "SLO",
    "name": "nowhere",
    "number": "123456",
    "delivery": "9",
    "project": "shop",
    "secret": "x",
}


class Anything:
    """An engine, or whatever is asked of it."""

    def __getattr__(self, name):
        return self

    def __call__(self, *_, **__):
        return self


def routes():
    """Method and address of every route, pages too."""
    app = create_app(
        Anything(),
        token="x" * 20,
        hosts=frozenset(),
        clock=VirtualClock(),
        people=People(MemoryPeople(), VirtualClock()),
        hooks=Anything(),
        shares=Anything(),
        provider=Anything(),
    )

    def walk(found):
        for one in found:
            inner = getattr(one, "original_router", None)
            if inner is not None:
                yield from walk(inner.routes)
            else:
                yield from ((method, one.path) for method in one.methods if method != "HEAD")

    return {f"{method} {path}" for method, path in walk(app.routes)}


def test_every_route_has_an_action_and_every_action_a_route():
    """Whoever adds a route says in server/access/operations.py what it does; till then only admins get there."""
    assert routes() - set(TABLE) == set()
    assert set(TABLE) - routes() == set()


def test_no_operation_stands_twice():
    """Or the first would win silently."""
    told = [one for operations in OPERATIONS.values() for one in operations]
    assert len(told) == len(set(told))


def test_operations_are_found_by_method_and_path():
    """A plain address before one with parameters; HEAD as GET; what is no route is found by nobody."""
    found = Operations.of(OPERATIONS)
    assert found.find("POST", "/forms/sign-in").action is Action.OPEN
    assert found.find("POST", "/forms/break").action is Action.OPERATE
    assert found.find("HEAD", "/slos/a b").slo == "a b"
    assert found.find("GET", "/slos/a/b") is None
    assert found.find("TRACE", "/") is None


def operations(town):
    """From the server's own description."""
    paths = json.loads(town.server.ask("GET", "/api/v1/openapi.json", headers=bearer(town, "admin"))[1])["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def bearer(town, role, project="*"):
    return {"Authorization": f"Bearer {town.tokens[project, role]}"}


def status(server, method, path, headers):
    """Of the head alone: a stream never ends. What is let through finds an empty body, or nothing of the name."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path.format(**FILLED), None, headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_through_or_refused_as_the_table_says(town, role):
    """Every operation of OpenAPI: 403 where the role does not permit its action, something else where it does."""
    wrong = []
    for method, path in operations(town):
        permitted = TABLE[f"{method} {path}"] in ALLOWED[Role(role)]
        if f"{method} {path}" == "DELETE /api/v1/tokens/{number}":
            continue  # one's own: tried with the tokens
        got = status(town.server, method, path, bearer(town, role))
        missing = "{slo}" in path and role == "ingest"  # what one may not see is not there
        if (got == 403, got == 404 and missing) not in ((not permitted, False), (False, missing)):
            wrong.append((method, path, got))
        if got == 401:
            wrong.append((method, path, got))
    assert wrong == []


def test_nobody_gets_in_without_a_name(town):
    """401 everywhere but where nobody is asked; a wrong token is 401 there too."""
    told = {(method, path): status(town.server, method, path, {}) for method, path in operations(town)}
    open_ones = {one for one, got in told.items() if got != 401}
    assert open_ones == {("GET", "/healthz"), ("GET", "/readyz")}
    assert status(town.server, "GET", "/healthz", {"Authorization": "Bearer lw_wrong"}) == 401


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
@pytest.mark.parametrize("slo", [*OTHERS, "nowhere"])
def test_an_slo_of_another_project_is_as_if_it_were_not_there(town, role, slo):
    """For every operation and page that names one: 404, and the same words."""
    for told in sorted(TABLE):
        method, _, path = told.partition(" ")
        if "{slo}" in path:
            response, body = town.server.ask(
                method, path.replace("{slo}", slo).format(**FILLED), "", bearer(town, role, "shop")
            )
            assert response.status == 404, told
            assert f"there is no SLO '{slo}'".encode() in body
            assert not any(other.encode() in body.replace(slo.encode(), b"") for other in OTHERS)


def test_an_address_that_is_no_route_is_not_there_either(town):
    """Also for methods that a route does not take; an admin is told which it is."""
    for role, expected in (("viewer", 404), ("admin", 405)):
        assert status(town.server, "PATCH", "/api/v1/status", bearer(town, role)) == expected
