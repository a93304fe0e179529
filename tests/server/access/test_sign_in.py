"""Getting in by pages: a link, a password, a session; and nobody else gets in."""

from __future__ import annotations

import re

import pytest
from tests.server.access import people
from tests.server.access.people import PASSWORD, Browser


def test_without_anybody_everything_is_as_on_a_machine_of_ones_own(shop):
    """Reading needs nothing, writing the token; the page of people says how it begins."""
    assert shop.ask("GET", "/api/v1/status")[0].status == 200
    assert people.api(shop, "GET", "/api/v1/me", token="")[0] == 200
    response, body = shop.ask("GET", "/settings/people")
    assert (response.status, b"leeway user add" in body) == (200, True)
    assert shop.ask("POST", "/api/v1/plan", '{"files": []}')[0].status == 401


def test_with_the_first_account_a_browser_is_sent_to_sign_in_and_then_where_it_wanted_to_go(house):
    """A program is told 401 instead."""
    browser = people.signed_in(house, "ann", **{"*": "viewer"})
    stranger = Browser(house)
    response, _ = stranger.get("/slos?state=healthy")
    assert (response.status, response.headers["Location"]) == (303, "/sign-in?to=/slos%3Fstate%3Dhealthy")
    assert house.ask("GET", "/api/v1/status", headers={"Accept": "text/html"})[0].status == 401
    response, _ = stranger.send(
        "/sign-in?to=/slos", "/forms/sign-in", {"name": "Ann", "password": PASSWORD, "to": "/slos?state=healthy"}
    )
    assert (response.status, response.headers["Location"]) == (303, "/slos?state=healthy")
    cookie = response.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    entered = Browser(house, cookie.partition(";")[0])
    assert entered.get("/slos")[0].status == browser.get("/slos")[0].status == 200
    assert entered.cookie != browser.cookie


def test_the_frame_says_who_is_signed_in_and_strangers_see_only_the_door(house):
    """With a way to the account and out; forms know the name."""
    ann = people.signed_in(house, "ann", **{"*": "editor"})
    _, body = ann.get("/silences")
    assert b'href="/account"' in body
    assert b'action="/forms/sign-out"' in body
    assert b'<input type="hidden" name="by" value="ann">' in body
    assert b'id="by"' not in body
    assert ann.send("/silences", "/forms/sign-out", {})[0].status == 303
    _, body = Browser(house).get("/sign-in")
    for hidden in (b'href="/alerts"', b'href="/find"', b'href="/metrics"', b"sign-out", b"/account"):
        assert hidden not in body
    _, body = people.signed_in(house, "vic", shop="viewer").get("/account")
    assert (b"/settings/tokens" in body, b"/settings/people" in body, b"/settings/audit" in body) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "/a\\..", "x"])
def test_nobody_is_sent_elsewhere_after_signing_in(house, to):
    """Only on to a path of this server."""
    people.signed_in(house, "ann", **{"*": "viewer"})
    response, _ = Browser(house).send("/sign-in", "/forms/sign-in", {"name": "ann", "password": PASSWORD, "to": to})
    assert (response.status, response.headers["Location"]) == (303, "/")


def test_a_wrong_password_keeps_the_name_and_says_no_more_than_needed(house):
    """403, the name still typed in, the password not."""
    people.signed_in(house, "ann", **{"*": "viewer"})
    for name in ("ann", "nobody-there"):
        response, body = Browser(house).send("/sign-in", "/forms/sign-in", {"name": name, "password": "wrong wrong 99"})
        assert response.status == 403
        assert b"name and password do not belong together" in body
        assert f'value="{name}"'.encode() in body
        assert b"wrong wrong" not in body
    for _ in range(5):
        response, body = Browser(house).send(
            "/sign-in", "/forms/sign-in", {"name": "ann", "password": "wrong wrong 99"}
        )
    assert (response.status, b"too many attempts" in body) == (429, True)


def test_a_link_works_once_and_refuses_a_password_that_is_guessed_soon(house):
    """With what is wrong; the link is still good then. Nothing of it stands in the page."""
    link = people.let_in(house, "ann", **{"*": "viewer"})
    browser = Browser(house)
    for password, again, said in (("short", "short", b"12 to 200"), (PASSWORD, "another one", b"not the same")):
        response, body = browser.send(link, link, {"password": password, "again": again})
        assert (response.status, said in body) == (422, True)
    assert link.rpartition("/")[2].encode() not in browser.get(link)[1]
    assert browser.send(link, link, {"password": PASSWORD, "again": PASSWORD})[0].status == 303
    assert browser.get(link)[0].status == 404


@pytest.mark.parametrize("missing", ["proof", "origin", "foreign"])
def test_a_form_of_another_site_does_nothing_for_who_is_signed_in(house, missing):
    """Cookie, proof and origin have to agree."""
    browser = people.signed_in(house, "ann", **{"*": "admin"})
    _, body = browser.get("/settings/tokens")
    proof = re.search(rb'name="proof" value="([0-9a-f]+)"', body)[1].decode()
    headers = {"Cookie": browser.cookie, "Origin": house.url, "Content-Type": people.FORM}
    if missing == "origin":
        del headers["Origin"]
    if missing == "foreign":
        headers["Origin"] = "https://evil.example"
    sent = "name=x&role=admin" + ("" if missing == "proof" else f"&proof={proof}")
    assert house.ask("POST", "/forms/token", sent, headers)[0].status == 403
    assert people.api(house, "GET", "/api/v1/tokens")[1]["items"] == []


def test_a_session_writes_by_the_api_only_from_a_page_of_this_server(house):
    """An Origin of its own, or the browser's word that it is the same."""
    browser = people.signed_in(house, "ann", **{"*": "admin"})
    for more, status in (({}, 403), ({"Origin": house.url}, 200), ({"Sec-Fetch-Site": "same-origin"}, 200)):
        headers = {"Cookie": browser.cookie, "Content-Type": "application/json", **more}
        assert house.ask("POST", "/api/v1/plan", '{"files": []}', headers)[0].status == status


def test_signing_out_ends_the_session_and_a_new_password_all_others(house):
    """The cookie is good for nothing then, wherever it lies."""
    browser = people.signed_in(house, "ann", **{"*": "viewer"})
    other = Browser(
        house,
        Browser(house)
        .send("/sign-in", "/forms/sign-in", {"name": "ann", "password": PASSWORD})[0]
        .headers["Set-Cookie"]
        .partition(";")[0],
    )
    fields = {"old": PASSWORD, "password": "another good password", "again": "another good password"}
    assert browser.send("/account", "/forms/password", fields | {"old": "wrong"})[0].status == 403
    response, _ = browser.send("/account", "/forms/password", fields)
    assert response.status == 303
    here = Browser(house, response.headers["Set-Cookie"].partition(";")[0])
    assert [one.get("/slos")[0].status for one in (browser, other, here)] == [303, 303, 200]
    assert here.send("/account", "/forms/sign-out", {})[0].status == 303
    assert here.get("/slos")[0].status == 303


def test_people_are_let_in_given_roles_and_taken_out_by_the_page(house):
    """The link is shown once; what is refused stands above the form with what was typed."""
    root = people.signed_in(house, "ann", **{"*": "admin"})
    page = "/settings/people"
    response, body = root.send(page, "/forms/person", {"name": "bob", "role": "editor", "project": "shop"})
    link = re.search(rb"/welcome/[\w-]+", body)[0].decode()
    assert (response.status, Browser(house).get(link)[0].status) == (200, 200)
    response, body = root.send(page, "/forms/person", {"name": "bob", "role": "editor"})
    assert (response.status, b"somebody else has this name" in body, b'value="bob"' in body) == (409, True, True)
    assert root.send(page, "/forms/role", {"name": "bob", "role": "viewer", "project": ""})[0].status == 303
    everybody = people.api(house, "GET", "/api/v1/people")[1]["items"]
    assert {one["name"]: one["roles"] for one in everybody}["bob"] == {"shop": "editor", "*": "viewer"}
    assert root.send(page, "/forms/person-remove", {"name": "bob"})[0].status == 303
    assert b"person.remove" in root.get("/settings/audit")[1]
    response, body = root.send("/settings/tokens", "/forms/token", {"name": "ci", "role": "viewer", "days": "x"})
    assert (response.status, b"no number of days" in body, b'value="ci"' in body) == (422, True, True)
    response, body = root.send("/settings/tokens", "/forms/token", {"name": "ci", "role": "viewer", "days": "7"})
    secret = re.search(rb"lw_[\w-]+", body)[0].decode()
    assert people.api(house, "GET", "/api/v1/me", token=secret)[1] == {
        "name": "ann, token ci",
        "via": "token",
        "roles": {"*": "viewer"},
    }
    assert secret.encode() not in root.get("/settings/tokens")[1]


def test_an_owner_of_one_project_sees_no_buttons_of_an_admin_and_may_not_press_them(house):
    """The gate refuses, whatever the page shows."""
    olga = people.signed_in(house, "olga", shop="owner")
    _, body = olga.get("/settings/people")
    assert b"/forms/person-remove" not in body
    assert olga.send("/settings/people", "/forms/person-remove", {"name": "root"})[0].status == 403
    assert olga.get("/settings/audit")[0].status == 403
    assert olga.send("/settings/people", "/forms/role", {"name": "olga", "role": "admin"})[0].status == 403


def test_who_is_taken_out_is_out_at_once(house):
    """Sessions and tokens with them."""
    browser = people.signed_in(house, "ann", **{"*": "editor"})
    _, body = browser.send("/settings/tokens", "/forms/token", {"name": "ci", "role": "viewer"})
    secret = re.search(rb"lw_[\w-]+", body)[0].decode()
    assert people.api(house, "DELETE", "/api/v1/people/ann")[0] == 200
    assert browser.get("/slos")[0].status == 303
    assert people.api(house, "GET", "/api/v1/status", token=secret)[0] == 401
