"""By what Leeway knows its own messages when they come back, so that alerts make no alerts. Pure.

Mails and webhooks carry a loop id, the same for all messages of an alert, and a count of hops. Leeway passes nothing
on, so what it sends has made one hop; whoever does keeps the id and adds one to the count. What comes in with an id is
dropped, however far it went, and what has lost the id on the way after `MOST_HOPS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from leeway.ports.legible import digest

LOOP, HOPS = "X-Leeway-Loop", "X-Leeway-Hops"
MOST_HOPS = 3
SOURCE, TYPES = "leeway", "dev.leeway."
"""`source` of our CloudEvents, and how their `type` begins."""

LARGEST = 1 << 20
"""Bytes of an event; none of ours is nearly so large."""


def marks(key: str) -> dict[str, str]:
    """The headers of a message with this key."""
    return {LOOP: digest(key)[:32], HOPS: "1"}


def comes_back(headers: Mapping[str, str]) -> bool:
    """True for the headers of a message that Leeway sent: by its marks, or as a CloudEvent in binary mode.

    The mapping finds names whatever their case. A count of hops that is no number is none that can be trusted.
    """
    hops = headers.get(HOPS, "0").strip()
    far = not (hops.isascii() and hops.isdecimal() and len(hops) < 9 and int(hops) <= MOST_HOPS)
    event = headers.get("ce-source") == SOURCE and headers.get("ce-type", "").startswith(TYPES)
    return LOOP in headers or far or event


def is_own_event(body: bytes) -> bool:
    """True for a CloudEvent that Leeway sent, alone or in a batch, also when its headers were lost on the way."""
    if len(body) > LARGEST:
        return False
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return any(
        isinstance(one, dict) and one.get("source") == SOURCE and str(one.get("type", "")).startswith(TYPES)
        for one in (found if isinstance(found, list) else [found])
    )
