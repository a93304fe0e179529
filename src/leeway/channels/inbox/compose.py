"""From a message to one line of JSON."""

from __future__ import annotations

from dataclasses import asdict

import msgspec

from leeway.ports.channel import Message
from leeway.ports.legible import legible, moment


def line(message: Message, to: str, now: float) -> bytes:
    """The message, for whom it is and when it was taken, in one line with its end."""
    key = message.key.encode(errors="replace").decode()
    content = {"taken": moment(now), "to": to, **asdict(legible(message)), "key": key}
    return msgspec.json.encode(content) + b"\n"
