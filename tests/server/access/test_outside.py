"""Where people have accounts: what is shared is seen by anybody, and nothing beside it; events are the admins'."""

from __future__ import annotations

import pytest
from tests.server.access import people
from tests.server.access.conftest import definition
from tests.server.serving import served


def share(server, slo, **by):
    """Status and what came back."""
    return people.api(server, "POST", f"/api/v1/slos/{slo}/shares", {"days": 7, "by": "somebody"}, **by)


def test_nobody_sees_what_is_shared_without_signing_in_and_nothing_beside_it(house):
    """The page and the badge of the link; not the SLO's own page, nor the badge of another."""
    status, told = share(house, "buyzz")
    assert status == 201
    for path, expected in (
        (told["link"], 200),
        (told["badge"], 200),
        (told["link"] + "x", 404),
        (told["badge"].replace("buyzz", "pourzz"), 404),
        ("/badge/buyzz.svg", 404),
        ("/slos/buyzz", 401),
        ("/slos/buyzz/share", 401),
        ("/settings/shares", 401),
        ("/api/v1/slos/buyzz/shares", 401),
    ):
        assert house.ask("GET", path)[0].status == expected, path
    body = house.ask("GET", told["link"])[1]
    assert b"buyzz" in body
    assert b"pourzz" not in body


def test_a_definition_gives_its_badge_to_everybody(house):
    """And only its badge."""
    public = definition("buyzz", "shop").replace("leeway.dev/project", "leeway.dev/badge: public, leeway.dev/project")
    wish = {"files": [{"file": "a.yaml", "text": public}], "by": "root"}
    assert people.api(house, "POST", "/api/v1/apply", wish)[0] == 200
    assert house.ask("GET", "/badge/buyzz.svg")[0].status == 200
    assert house.ask("GET", "/slos/buyzz")[0].status == 401


def test_whoever_shares_is_known_by_name_and_the_log_has_no_secret(house):
    """An editor of the project; what they say of themselves counts for nothing."""
    browser = people.signed_in(house, "ann", shop="editor")
    response, body = browser.send("/slos/buyzz/share", "/forms/slos/buyzz/shares", {"days": "7", "by": "bob"})
    assert response.status == 200
    [one] = people.api(house, "GET", "/api/v1/slos/buyzz/shares")[1]["items"]
    assert one["by"] == "ann"
    secret = body.decode().partition("/shared/")[2].partition("<")[0].strip()
    acts = people.api(house, "GET", "/api/v1/audit")[1]["items"]
    assert [(act["who"], act["subject"]) for act in acts if act["what"] == "share"] == [("ann", "buyzz")]
    assert secret not in str(acts)
    assert len(secret) == 32


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 201), ("owner", 201)])
def test_a_role_of_the_project_shares_and_of_another_finds_no_slo(house, role, status):
    """As with everything that names an SLO."""
    secret = people.token(house, role, "shop")
    assert share(house, "buyzz", token=secret)[0] == status
    assert share(house, "pourzz", token=secret)[0] == 404


def test_a_list_of_what_is_shared_has_what_one_may_see(house):
    """Links of other projects are not there."""
    share(house, "buyzz")
    share(house, "pourzz")
    body = people.signed_in(house, "ann", shop="viewer").get("/settings/shares")[1]
    assert b"buyzz" in body
    assert b"pourzz" not in body


def test_hooks_are_the_admins_and_leave_a_line_for_each_change(tmp_path):
    """What happens is of all projects; the log has the address without its query, and who it was."""
    (tmp_path / "secret").write_text("whsec_Y2FuYXJ5")
    with served(tmp_path / "data", secrets=(tmp_path / "secret",)) as server:
        people.let_in(server, "root", **{"*": "admin"})
        owner = people.token(server, "owner", "*")
        url = "https://hooks.example.org/in?token=canary"
        wish = {"url": url, "secret": {"file": str(tmp_path / "secret")}, "kinds": ["alert"], "by": "bob"}
        assert people.api(server, "POST", "/api/v1/hooks", wish, token=owner)[0] == 403
        assert people.api(server, "GET", "/api/v1/hooks", token=owner)[0] == 403
        assert people.api(server, "POST", "/api/v1/hooks", wish)[0] == 201
        assert people.api(server, "PUT", "/api/v1/hooks/1", wish | {"kinds": [], "active": False})[0] == 200
        assert people.api(server, "POST", "/api/v1/hooks/1/test", {"by": "bob"})[0] == 202
        assert people.api(server, "DELETE", "/api/v1/hooks/1")[0] == 200
        acts = [act for act in people.api(server, "GET", "/api/v1/audit")[1]["items"] if "hook" in act["what"]]
    told = "https://hooks.example.org/in?•••: "
    assert [(act["what"], act["before"], act["after"]) for act in acts] == [
        ("remove hook", told + "everything, paused", ""),
        ("test hook", "", "delivery 1"),
        ("change hook", told + "alert", told + "everything, paused"),
        ("add hook", "", told + "alert"),
    ]
    assert "canary" not in str(acts)
