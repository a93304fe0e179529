"""How alerts and deliveries look in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from leeway.cli.alerted import deliveries
from leeway.client.documents import Delivery

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_a_channel_noted_stands_below_the_delivery() -> None:
    """A line for each note: it arrived, and something is to be mended all the same."""
    told = Delivery(
        recipient="shop",
        role="named",
        together="",
        event="fired",
        title="Checkout burns",
        due_at=AT,
        attempts=1,
        sent_at=AT,
        reference="example/shop#7",
        error="",
        notes=["example/shop#7 has no labels", "a peer is down"],
    )
    first, *notes = [str(line) for line in deliveries([told])]
    assert first.endswith("as example/shop#7")
    assert [note.strip() for note in notes] == told.notes
