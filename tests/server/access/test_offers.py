"""No page offers what the gate would refuse to whoever looks at it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from tests.server.access.conftest import apply, definition
from tests.server.access.people import let_in, signed_in, token
from tests.server.serving import served
from tests.server.whole import EXAMPLES, whole_shop
from tools.screenshots import PAGES

from leeway.engine.people import ALLOWED, Action, Role
from leeway.server.access.operations import OPERATIONS, Operations

pytestmark = pytest.mark.server
FOUND = Operations.of(OPERATIONS)
STRANGERS = ("sign-in", "welcome", "shared")


class Offers(HTMLParser):
    """Method and path of everything on a page that can be pressed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        for key in ("href", "action", "formaction", "hx-get"):
            if (to := told.get(key) or "").startswith("/"):
                method = "POST" if key in ("action", "formaction") and told.get("method", "post") == "post" else "GET"
                self.found.add((method, unquote(urlsplit(to).path)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with whole_shop(tmp_path_factory.mktemp("offers")) as server:
        let_in(server, "root", **{"*": "admin"})
        yield server, {role: token(server, role) for role in ("viewer", "editor", "owner")}


@pytest.mark.parametrize("page", sorted(set(PAGES) - set(STRANGERS)))
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.OWNER])
def test_a_page_offers_what_the_role_permits(shop, role, page):
    """Links, buttons and forms. A page that is refused is told so, and offers nothing refused either."""
    server, tokens = shop
    headers = {"Authorization": f"Bearer {tokens[role]}", "Accept": "text/html"}
    path = PAGES[page].format(**EXAMPLES)
    response, html = server.ask("GET", path, headers=headers)
    assert response.status in (200, 400, 403, 404, 422), path
    offers = Offers(html.decode()).found
    assert ("GET", "/slos") in offers
    refused = {
        offer
        for offer in offers
        if (operation := FOUND.find(*offer)) is not None and operation.action not in ALLOWED[role] | {Action.OPEN}
    }
    assert refused == set()


def test_what_is_offered_depends_on_the_project_of_the_slo(tmp_path):
    """Who may only look at one project and work in another finds the buttons there."""
    with served(tmp_path / "data") as server:
        assert apply(server, definition("buyzz", "shop"), definition("pourzz", "bar"))[0] == 200
        let_in(server, "root", **{"*": "admin"})
        mixed = signed_in(server, "mixed", bar="viewer", shop="editor")
        here, there = (mixed.get(f"/slos/{slo}?tab=definition")[1].decode() for slo in ("buyzz", "pourzz"))
        assert 'href="/slos/buyzz/edit"' in here
        assert "/slos/pourzz/edit" not in there
