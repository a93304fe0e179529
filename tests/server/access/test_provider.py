"""Signing in by a real provider of OpenID Connect: code flow with PKCE, groups and roles, and what goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.server.access import people
from tests.server.access.conftest import apply, definition
from tests.server.access.peer import INSTALL, MISSING, SECRET, Walker, provider
from tests.server.serving import served, slo

from leeway.clock import SystemClock
from leeway.engine.people.groups import parse
from leeway.errors import Denied, LeewayError
from leeway.net import Secret
from leeway.server.access import oidc
from leeway.server.access.provider import Provider, Registration

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(MISSING, reason=f"needs a provider of OpenID Connect: {INSTALL}"),
]
RULES = parse(("sre=editor", "shop-owners=owner@shop", "platform=admin"))


@pytest.fixture(scope="module")
def peer():
    with provider() as one:
        one.put("olga", "sre")
        yield one


@pytest.fixture
def issuer(peer):
    return peer.issuer


def registered(issuer, url, client="leeway", secret=SECRET):
    """Leeway, as the provider knows it."""
    scopes, groups = "openid profile groups", "groups"
    one = Registration(issuer, client, Secret(secret), url, scopes, groups, RULES, frozenset())
    return Provider(one, SystemClock())


@pytest.fixture
def house(tmp_path, issuer):
    """A server of which root is an admin, with two SLOs, and this provider."""
    with served(tmp_path / "data", provider=lambda url: registered(issuer, url)) as server:
        assert apply(server, definition("buyzz", "shop"), slo("barezz"))[0] == 200
        people.let_in(server, "root", **{"*": "admin"})
        yield server


def signed_in(server, peer, name, *groups, to="/slos"):
    """The whole way in a browser: from the page they wanted to the provider and back."""
    peer.put(name, *groups)
    walker = Walker()
    status, url, page = walker.go(server.url + to)
    assert (status, urlsplit(url).path) == (200, "/sign-in")
    status, url, page = walker.go(f"{server.url}/sign-in/provider?to={to}")
    assert (status, 'placeholder="Enter any login"' in page) == (200, True), page
    return walker, *walker.fill(url, page, login=name, password="x")


def everybody(server):
    return {one["name"]: one for one in people.api(server, "GET", "/api/v1/people")[1]["items"]}


def test_who_has_a_group_with_a_role_comes_in_where_they_wanted_to_go(house, peer):
    """As the provider calls them, with the roles of their groups; the question has what the flow needs."""
    walker, status, url, page = signed_in(house, peer, "mia", "shop-owners", "cooks")
    assert (status, url) == (200, f"{house.url}/slos")
    assert ("buyzz" in page, "barezz" in page, "mia" in page) == (True, False, True)
    asked = parse_qs(urlsplit(next(one for one in walker.seen if "/auth?" in one)).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert len(asked["state"][0]) > 40
    assert len(asked["nonce"][0]) > 40
    assert (everybody(house)["mia"]["roles"], everybody(house)["mia"]["provider"]) == ({"shop": "owner"}, True)
    assert set(walker.cookies[urlsplit(house.url).netloc]) == {"leeway_session"}


def test_roles_are_what_the_groups_say_at_each_sign_in(house, peer):
    """One account for one person; who has no group with a role any more is out, also where they are in."""
    signed_in(house, peer, "eve", "shop-owners")
    signed_in(house, peer, "eve", "sre", "platform")
    assert everybody(house)["eve"]["roles"] == {"*": "admin"}
    walker, *_ = signed_in(house, peer, "eve", "sre")
    assert everybody(house)["eve"]["roles"] == {"*": "editor"}
    _, status, _, page = signed_in(house, peer, "eve", "cooks")
    assert (status, "none of your groups has a role here" in page) == (403, True)
    assert everybody(house)["eve"]["roles"] == {}
    assert walker.go(f"{house.url}/slos")[0] == 403
    log = people.api(house, "GET", "/api/v1/audit")[1]["items"]
    assert [one["what"] for one in log if one["who"] == "eve"].count("sign-in") == 3


def test_nobody_gets_the_account_of_another_by_its_name(house, peer):
    """One with a password stays theirs."""
    people.let_in(house, "ann", **{"*": "viewer"})
    _, status, _, page = signed_in(house, peer, "ann", "platform")
    assert (status, "another account has this name" in page) == (403, True)
    assert everybody(house)["ann"]["roles"] == {"*": "viewer"}


@pytest.mark.parametrize("change", ["state", "code", "cookie", "again", "error"])
def test_an_answer_that_is_not_of_this_browser_and_this_attempt_lets_nobody_in(house, change):
    """Another state, another code, another browser, the same a second time, a refusal of the provider."""
    walker = Walker()
    _, url, page = walker.go(f"{house.url}/sign-in/provider")
    _, back, _ = walker.fill(url, page, until="/sign-in/back", login="olga", password="x")
    told = parse_qs(urlsplit(back).query)
    if change == "cookie":
        walker.cookies.clear()
    elif change == "again":
        kept = dict(walker.cookies[urlsplit(house.url).netloc])
        assert walker.go(back)[0] == 200
        walker.cookies = {urlsplit(house.url).netloc: kept}
    elif change == "error":
        back = f"{house.url}/sign-in/back?error=access_denied&state={told['state'][0]}"
    else:
        back = back.replace(told[change][0], "x" + told[change][0])
    status, url, page = walker.go(back)
    assert (status, "/sign-in/back" in url) == (403, True), page
    assert "leeway_session" not in walker.cookies.get("", {})
    assert house.ask("GET", "/slos", headers={"Cookie": ""})[0].status == 401
    for secret in (SECRET, told["code"][0]):
        assert secret not in page


async def _through(provider, flow):
    """The query with which a browser comes back for this attempt."""
    walker, where = Walker(), await provider.begin(flow)

    def walk():
        _, url, page = walker.go(where)
        return walker.fill(url, page, until="/sign-in/back", login="olga", password="x")[1]

    return urlsplit(await asyncio.to_thread(walk)).query


def test_an_id_token_is_good_for_one_attempt_of_one_client(issuer):
    """Another nonce, client, issuer, time or letter, and it is not; as it came, it is."""

    async def tried():
        registration = registered(issuer, "http://127.0.0.1:9")
        from leeway import net
        from leeway.server.access.provider import _Asked

        flow = oidc.Flow.begun("/", registration.clock.now())
        code, _ = oidc.code_of(await _through(registration, flow), flow, registration.clock.now())
        async with _Asked(registration.registration, registration.clock) as asked:
            where = await asked.addresses()
            token = await asked.token(where, code, registration._redirect, flow.verifier)
            keys = await asked.tree(net.Request(where.keys, repeatable=True))
        now = registration.clock.now()
        return token, keys, where, flow, now

    token, keys, where, flow, now = asyncio.run(tried())
    good = oidc.claims_of(token, keys, where, "leeway", flow, now)
    assert oidc.stranger_of(good, where.issuer, "groups") == oidc.Stranger(f"{issuer} olga", "olga", ("sre",))
    head, body, seal = token.split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{body}."
    for wrong in (
        (token, keys, where, "leeway", replace(flow, nonce="another"), now),
        (token, keys, where, "another", flow, now),
        (token, keys, replace(where, issuer="https://id.example"), "leeway", flow, now),
        (token, keys, where, "leeway", flow, now + 86_400),
        (token, keys, where, "leeway", flow, now - 86_400),
        (f"{head}.{body}.{seal[:-8]}AAAAAAAA", keys, where, "leeway", flow, now),
        (unsigned, keys, where, "leeway", flow, now),
        (token, {"keys": []}, where, "leeway", flow, now),
        ("no token", keys, where, "leeway", flow, now),
    ):
        with pytest.raises(Denied, match="ID token is not good"):
            oidc.claims_of(*wrong)


def test_a_public_client_needs_no_secret_and_a_code_no_other_verifier(issuer):
    """PKCE alone proves that it is the same attempt."""

    async def tried():
        public = registered(issuer, "http://127.0.0.1:9", "leeway-public", "")
        flow = oidc.Flow.begun("/", public.clock.now())
        who = await public.end(await _through(public, flow), flow)
        query = await _through(public, flow)
        with pytest.raises(Denied, match="did not take the code"):
            await public.end(query, replace(flow, verifier="x" * 43))
        return who

    assert asyncio.run(tried()).name == "olga"


def test_a_wrong_client_secret_is_said_without_it(issuer):
    """An admin reads which setting it is."""

    async def tried():
        wrong = registered(issuer, "http://127.0.0.1:9", secret="wrong-canary")
        flow = oidc.Flow.begun("/", wrong.clock.now())
        await wrong.end(await _through(wrong, flow), flow)

    with pytest.raises(Denied, match="did not take the code") as told:
        asyncio.run(tried())
    assert "wrong-canary" not in str(told.value)
    assert "oidc_client" in told.value.mend


def test_while_the_provider_is_down_people_with_a_password_come_in(tmp_path):
    """The others are told that it does not answer, and nothing else breaks."""
    with provider() as gone:
        issuer = gone.issuer
    with served(tmp_path / "data", provider=lambda url: registered(issuer, url)) as server:
        ann = people.signed_in(server, "ann", **{"*": "viewer"})
        status, _, page = Walker().go(f"{server.url}/sign-in/provider")
        assert (status, "nothing listens there" in page, 'name="password"' in page) == (502, True, True), page
        assert SECRET not in page
        assert ann.get("/slos")[0].status == 200
        assert server.ask("GET", "/readyz")[0].status == 200


def test_what_is_no_provider_is_said(house):
    """An address of something else: which setting to look at."""

    async def tried():
        return await registered(house.url, "http://127.0.0.1:9").begin(oidc.Flow.begun("/", 0))

    with pytest.raises(LeewayError):
        asyncio.run(tried())
