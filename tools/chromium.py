"""The Chromium of this machine: for tests, for pictures and for the bench of pages, headless and silent."""

from __future__ import annotations

import shutil

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""Where it is; None where it is not."""

LACKS = "needs Chromium: apt-get install -y chromium libatomic1"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It asks nobody for anything but the pages that it is given."""

DRAWN = "[data-series][aria-busy=false]"
"""Is on a page when all its charts are drawn."""
