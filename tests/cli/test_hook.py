"""`leeway hook`, as a person runs it against a real server and a real receiver."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cli.test_server_verbs import leeway
from tests.server.receiver import receiving, until, with_status
from tests.server.serving import seed, served

__all__ = ["leeway"]


@pytest.fixture
def shop(tmp_path):
    """A server that may read a secret, and reach the loopback."""
    (tmp_path / "secret").write_text("whsec_Y2FuYXJ5LWluLWEtbWluZQ==")
    asyncio.run(seed(tmp_path / "data"))
    with served(tmp_path / "data", allow=frozenset({"127.0.0.1"}), secrets=(tmp_path / "secret",)) as server:
        yield server


def test_a_hook_is_made_tested_listed_sent_again_and_removed(leeway, shop, tmp_path):
    """What the documentation shows, from one end to the other; nothing prints the secret."""
    said = []

    def run(*arguments):
        with ThreadPoolExecutor(1) as pool:  # whoever waits for the test needs time to pass
            future = pool.submit(leeway, shop, "hook", *arguments)
            until(future.done, lambda: shop.pass_time(2))
            said.append(future.result())
            return said[-1]

    with receiving() as receiver:
        wish = ("add", receiver.url, "--secret-file", str(tmp_path / "secret"), "--kind", "alert", "--slo", "checkout")
        assert run(*wish)[:2] == (0, f"Hook 1 tells {receiver.url} of alert; of checkout.\n")
        assert run("test", "1")[:2] == (0, "Delivery 1 arrived; it was answered 204.\n")
        receiver.answer = with_status(500, b"broken")
        code, out, _ = run("test", "1")
        assert (code, "did not arrive" in out, "answered 500: broken" in out) == (3, True, True)
        assert run("list")[1] == f"  1  active  {receiver.url}  alert; of checkout  0 wait, 1 given up\n"
        newest, oldest = run("list", "1")[1].splitlines()
        assert ("given up" in newest, "delivered" in oldest, "answered 204" in oldest) == (True, True, True)
        receiver.answer = with_status(200)
        assert run("redeliver", "1", "2")[1] == "Delivery 2 is sent again.\n"
        until(lambda: len(receiver.came) == 3, lambda: shop.pass_time(2))
        assert [one["number"] for one in json.loads(run("list", "-o", "json")[1])] == [1]
        assert run("remove", "1")[0] == 0
        assert run("list")[1:] == ("", "There is no hook.\n")
    assert "canary" not in str(said)
    assert "whsec" not in str(said)


def test_what_is_wrong_is_said_by_its_name(leeway, shop, tmp_path):
    """Two places of a secret, none, and a hook that is not there."""
    secret = str(tmp_path / "secret")
    url = "https://hooks.example.org/in"
    assert leeway(shop, "hook", "add", url, "--secret-file", secret, "--secret-env", "HOOK")[0] == 2
    code, _, err = leeway(shop, "hook", "add", url)
    assert (code, "secret: what is not signed can be forged" in err) == (1, True)
    code, _, err = leeway(shop, "hook", "remove", "7")
    assert (code, "there is no hook 7" in err) == (1, True)
