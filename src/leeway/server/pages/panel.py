"""A panel above the list, filled by whoever starts the server: the demo shows its bar and its buttons there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """One thing a person can do. `name` is its address below /forms/; `act` does it."""

    name: str
    label: str
    act: Callable[[], Awaitable[None]]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """`banner` is one line above everything; `facts` are pairs of name and figure."""

    banner: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()


Panels = Callable[[], Panel | None]


def no_panel() -> Panel | None:
    """What a server shows that nobody dressed up."""
    return None
