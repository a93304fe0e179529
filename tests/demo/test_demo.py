"""`leeway demo` as a newcomer meets it: the program, its page, its bar."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.demo.program import Program, run, started

from leeway.cli.demo import typed_name

STORIES = ("bar", "checkout", "search", "catalogue", "invoices", "daily-report")


@dataclass(frozen=True)
class Demo:
    """A running demo, and the folder that it lives in."""

    program: Program
    home: Path
    address: str

    def get(self, path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection(self.address, timeout=30)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def page(self) -> str:
        return self.get("/?refresh=off")[1].replace("\N{NO-BREAK SPACE}", " ")

    def press(self, button: str) -> int:
        """As a browser does: with the cookie and the proof of the page that it was given."""
        with closing(http.client.HTTPConnection(self.address, timeout=30)) as connection:
            connection.request("GET", "/")
            shown = connection.getresponse()
            cookie = (shown.headers["set-cookie"] or "").partition(";")[0]
            proof = re.search(r'name="proof" value="([0-9a-f]+)"', shown.read().decode())
            assert proof
            headers = {
                "Cookie": cookie,
                "Origin": f"http://{self.address}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request("POST", f"/forms/{button}", urlencode({"proof": proof[1]}), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status

    def went(self) -> tuple[int, int]:
        """Guests of this minute and the one before, as the page shows them: greeted, walked out."""
        found = re.findall(r"(\d+) greeted, (\d+) walked out", self.page())
        assert len(found) == 2
        return sum(int(greeted) for greeted, _ in found), sum(int(lost) for _, lost in found)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the tests of this file."""
    home = tmp_path_factory.mktemp("demo")
    with started(home, "demo", "--port", "0") as program:
        found = program.until(lambda: re.search(r"open: +http://(\S+)", program.out))
        yield Demo(program, home, found[1])


@pytest.fixture
def demo(running: Demo) -> Iterator[Demo]:
    """The demo, its bar mended afterwards."""
    yield running
    if "broken" in running.page():
        assert running.press("mend") == 303


def test_the_demo_is_ready_when_it_says_so(demo: Demo) -> None:
    """Once the address is printed, the page is there and Leeway itself is well."""
    assert demo.get("/readyz") == (200, "ready\n")


def test_the_page_tells_all_stories_from_data(demo: Demo) -> None:
    """Every story has its line, and none is without data."""
    status, page = demo.get("/slos?refresh=off")
    assert status == 200
    assert [story for story in STORIES if f'href="/slos/{story}"' not in page] == []
    assert 'class="state no_data"' not in page


def test_guests_of_a_broken_bar_walk_out(demo: Demo) -> None:
    """What `break` does is real: the probes that follow fail, and the page shows it before any budget moves."""
    answer = run(demo.home, "demo", "break", "--errors", "100%")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "100 % of the guests walk out" in demo.page()
    assert demo.program.until(lambda: demo.went()[1] >= 2)


def test_a_mended_bar_greets_again(demo: Demo) -> None:
    """After `mend` the last guests on the page are greeted ones."""
    demo.press("break-100")
    assert demo.program.until(lambda: "✕✕</dd>" in demo.page())
    said = run(demo.home, "demo", "mend").stdout
    assert "The bar is open, and everybody is greeted." in said
    assert "The bar is open" in demo.page()
    assert demo.program.until(lambda: "●●●</dd>" in demo.page())


def test_the_buttons_do_what_the_commands_do(demo: Demo) -> None:
    """Pressing *break* on the page breaks the bar; *mend* takes its place, and mends it."""
    assert demo.press("break-30") == 303
    said = run(demo.home, "demo", "status").stdout
    assert "broken: 30% of its guests walk out" in said
    assert re.search(r"In the last minute \d+ were greeted and \d+ walked out", said)
    assert demo.press("break-100") == 404
    assert demo.press("mend") == 303
    assert "The bar is open" in demo.page()


def test_a_share_that_is_none_is_refused(demo: Demo) -> None:
    """More than all guests cannot walk out."""
    answer = run(demo.home, "demo", "break", "--errors", "130%")
    assert answer.returncode == 2
    assert "130%" in answer.stderr


def test_the_bar_takes_orders_from_its_own_user_only(demo: Demo) -> None:
    """Without the token of the demo nobody learns anything at its door, and nobody breaks it."""
    note = next(demo.home.glob("leeway/demo-*.json"))
    assert note.stat().st_mode & 0o077 == 0
    where = re.search(r'"control": "http://([^"/]+)', note.read_text())
    assert where
    for method in ("GET", "PUT"):
        with closing(http.client.HTTPConnection(where[1], timeout=30)) as connection:
            connection.request(method, "/control", '{"errors": 1}', {"Authorization": "Bearer guess"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 401
    assert "The bar is open" in demo.page()


def test_a_broken_bar_burns_its_budget(demo: Demo, request: pytest.FixtureRequest) -> None:
    """When the minute is over, the budget of the hour shows the guests that walked out."""
    if not request.config.getoption("soak"):
        pytest.skip(reason="`make soak` waits for a minute to be over")
    demo.press("break-100")
    shown = "/api/v1/slos/bar-this-hour/status"
    assert demo.program.until(lambda: json.loads(demo.get(shown)[1])["items"][0]["state"] == "exhausted", 150)


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C ends the demo well: no folder, no note, no process."""
    with started(tmp_path / "home", "demo", "--port", "0") as program:
        program.until(lambda: "Stop with Ctrl-C" in program.out)
        assert list((tmp_path / "home" / "tmp").glob("leeway-demo-*"))
        assert program.stop() == 0
        assert list((tmp_path / "home" / "tmp").glob("leeway-demo-*")) == []
        assert list((tmp_path / "home" / "leeway").iterdir()) == []
        assert "Nothing is left behind" in program.err


def test_a_folder_of_ones_own_is_made_and_kept(tmp_path: Path) -> None:
    """Also where there is none yet; the next demo goes on with it."""
    kept = tmp_path / "not" / "there"
    for _ in range(2):
        with started(tmp_path, "demo", "--port", "0", "--data", str(kept)) as program:
            program.until(lambda: re.search(r"open: +http://(\S+)", program.out))
        assert (kept / "inbox").is_dir()


def test_stopping_while_the_history_is_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """Somebody who changes their mind at once leaves no folder either."""
    folder = tmp_path / "home" / "tmp"
    with started(tmp_path / "home", "demo", "--port", "0") as program:
        program.until(lambda: list(folder.glob("leeway-demo-*")))
        assert program.stop() == 0
        assert list(folder.glob("leeway-demo-*")) == []


def test_without_a_demo_the_bar_cannot_be_broken(tmp_path: Path) -> None:
    """The message says what is missing and how to begin."""
    answer = run(tmp_path, "demo", "break")
    assert answer.returncode == 1
    assert "no demo is running" in answer.stderr
    assert "leeway demo" in answer.stderr


def test_commands_are_told_as_the_shell_will_find_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `make demo` there is no `leeway` on the PATH: what is printed can be typed all the same."""
    monkeypatch.setattr("sys.argv", [".venv/bin/leeway", "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert typed_name() == ".venv/bin/leeway"
    found = tmp_path / "leeway"
    found.touch(mode=0o755)
    assert typed_name() == "leeway"
