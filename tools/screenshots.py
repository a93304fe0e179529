"""Pictures of every page, light, dark and on a phone: `make screenshots`, into build/screenshots/.

Runs a demo of its own, or looks at the one at `--server`. Names choose among the pages: `ARGS='slo alerts'`. The two
pictures of the README are written where it looks for them. Needs Chromium, as the tests do.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tools.chromium import DRAWN, FLAGS, PROGRAM

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "screenshots"
README = {"overview": ROOT / "docs" / "images" / "overview.png", "slo": ROOT / "docs" / "images" / "slo.png"}
OPENED = re.compile(r"open: +(http://\S+)")
STEADY = ("--force-color-profile=srgb", "--hide-scrollbars")
"""The same colours and edges on every machine."""

PAGES = {
    "overview": "/",
    "slos": "/slos",
    "slos-choose": "/slos?choose=on&cols=state,target,sli,trace,data,owner,labels",
    "fleet": "/fleet",
    "slo": "/slos/{slo}",
    "slo-ledger": "/slos/{slo}?tab=ledger",
    "slo-alerts": "/slos/{slo}?tab=alerts",
    "slo-data": "/slos/{slo}?tab=data",
    "slo-definition": "/slos/{slo}?tab=definition",
    "slo-beside": "/slos/{slo}?beside=on",
    "slo-refused": "/slos/{slo}?to=yesterday",
    "backtest": "/slos/{slo}/backtest",
    "slo-share": "/slos/{slo}/share",
    "alerts": "/alerts",
    "calendar": "/calendar",
    "calendar-slo": "/calendar?slo={slo}",
    "reports": "/reports",
    "report": "/reports/weekly/{week}",
    "silences": "/silences",
    "new": "/new",
    "new-data": "/new?step=data&way=prometheus&url=http://prometheus.example:9090",
    "new-probe": "/new?step=data&way=probe&site=https://shop.example/health",
    "new-sli": "/new?step=sli&way=push&pushes=values",
    "new-target": "/new?step=target&way=push&window=7d",
    "new-alerts": "/new?step=alerts&way=push&target=99.9",
    "new-name": "/new?step=name&way=push&target=99.9&slo=tips",
    "new-review": "/new?step=review&way=push&target=99.9&slo=tips&service=bar",
    "new-refused": "/new?step=review&way=push&target=120",
    "new-yaml": "/new/yaml",
    "edit": "/slos/{slo}/edit",
    "edit-yaml": "/slos/{slo}/edit?by=yaml",
    "delete": "/slos/{slo}/delete",
    "sources": "/sources",
    "find": "/find?q=bar",
    "words": "/words",
    "api": "/api?q=silences",
    "sign-in": "/sign-in",
    "account": "/account",
    "settings": "/settings",
    "channels": "/settings/channels",
    "health": "/settings/health",
    "people": "/settings/people",
    "tokens": "/settings/tokens",
    "shares": "/settings/shares",
    "shared": "/shared/nobody",
    "audit": "/settings/audit",
    "welcome": "/welcome/nobody",
    "missing": "/slos/nobody",
}
"""Every page that there is, with what it looks like in its several states: tests take the same list."""

LOOKS: dict[str, tuple[ViewportSize, str]] = {
    "light": ({"width": 1280, "height": 1000}, "light"),
    "dark": ({"width": 1280, "height": 1000}, "dark"),
    "phone": ({"width": 320, "height": 640}, "light"),
    "phone-dark": ({"width": 320, "height": 640}, "dark"),
}


def addresses(slo: str, today: date) -> dict[str, str]:
    """The pages by name, of this SLO and of the week that was over on that day."""
    week = today - timedelta(days=today.weekday() + 7)
    return {name: path.format(slo=slo, week=week) for name, path in PAGES.items()}


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that runs as long as this."""
    program = (sys.executable, "-c", "from leeway.cli import main; raise SystemExit(main())", "demo", "--port", "0")
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:
        try:
            found = next((match for line in running.stdout or () if (match := OPENED.search(line))), None)
            if not found:
                sys.exit("the demo did not start")
            yield found[1]
        finally:
            running.terminate()


def look(browser: Browser, server: str, wanted: dict[str, str]) -> Iterator[tuple[str, str, Page]]:
    """Each page in each look, when all that it draws is drawn."""
    for kind, (viewport, scheme) in LOOKS.items():
        context = browser.new_context(
            viewport=viewport,
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
            timezone_id="Etc/UTC",
            reduced_motion="reduce",
        )
        page = context.new_page()
        for name, path in wanted.items():
            page.goto(server + path)
            if page.locator("[data-series]").count():
                page.locator(DRAWN).wait_for()
            page.evaluate("document.fonts.ready.then(() => 0)")
            yield kind, name, page
        context.close()


def take(server: str, names: list[str]) -> None:
    """The pictures of these pages, or of all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    there = addresses("checkout", date.today())  # noqa: DTZ011  # a week that is over is over everywhere
    wanted = {name: path for name, path in there.items() if name in names or not names}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*FLAGS, *STEADY])
        for kind, name, page in look(browser, server, wanted):
            page.screenshot(path=PICTURES / f"{name}-{kind}.png", full_page=True)
            if kind == "light" and name in README:
                page.screenshot(path=README[name])
        browser.close()
    print(f"{len(wanted) * len(LOOKS)} pictures in {PICTURES}")


def main() -> None:
    """As the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*PAGES, []], metavar="page", help=", ".join(PAGES))
    parser.add_argument("--server", help="look at this one, such as http://127.0.0.1:8474")
    asked = parser.parse_args()
    if asked.server:
        take(asked.server, asked.names)
        return
    with demo() as server:
        take(server, asked.names)


if __name__ == "__main__":
    main()
