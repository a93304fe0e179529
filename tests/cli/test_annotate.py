"""`leeway annotate`, as a person runs it against a real server."""

from __future__ import annotations

import asyncio
import json

from tests.cli.test_server_verbs import leeway
from tests.server.serving import NOW, seed, served

from leeway.client.figures import clock
from leeway.server.api.shapes import moment

__all__ = ["leeway"]


def test_what_happened_is_written_listed_and_taken_away(leeway, tmp_path):
    """A moment, and a span; exactly one of the three things is done at a time."""
    asyncio.run(seed(tmp_path / "data"))
    with served(tmp_path / "data") as shop:
        assert leeway(shop, "annotate", "checkout", "--list")[1:] == (
            "",
            "Nothing is written on the charts of checkout.\n",
        )
        code, out, _ = leeway(shop, "annotate", "checkout", "release 42", "--by", "ann")
        assert (code, out) == (0, f"  1  {clock(moment(NOW))}  ann  release 42\n")
        span = ("--at", str(NOW - 7_200), "--until", str(NOW - 3_600), "--by", "bob", "-o", "json")
        code, out, _ = leeway(shop, "annotate", "checkout", "a [bold]move[/bold]\nof racks", *span)
        assert (code, json.loads(out)["number"]) == (0, 2)
        listed = leeway(shop, "annotate", "checkout", "--list")[1].splitlines()
        assert (
            listed[0]
            == f"  2  {clock(moment(NOW - 7_200))} to {clock(moment(NOW - 3_600))}  bob  a [bold]move[/bold] of racks"
        )
        assert listed[1].endswith("release 42")
        assert leeway(shop, "annotate", "checkout", "--remove", "1")[0] == 0
        code, _, told = leeway(shop, "annotate", "checkout", "--remove", "1")
        assert (code, "has no annotation 1" in told) == (1, True)
        assert leeway(shop, "annotate", "checkout")[0] == 2
        assert leeway(shop, "annotate", "checkout", "x", "--list")[0] == 2
