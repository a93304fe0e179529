"""Reading ahead: while one answer is worked on, the next is fetched."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

AHEAD = 2
"""Answers held in memory before they are worked on."""

Ask = TypeVar("Ask")
Found = TypeVar("Found")


@contextmanager
def read_ahead(asks: Sequence[Ask], read: Callable[[Ask], Found]) -> Iterator[Iterator[tuple[Ask, Found]]]:
    """Asks with what was read, in their order. Reading begins now, and is never more than `AHEAD` before the work."""
    with ThreadPoolExecutor(1, "leeway-read-ahead") as reader:
        coming = deque(reader.submit(read, ask) for ask in asks[:AHEAD])

        def each() -> Iterator[tuple[Ask, Found]]:
            for place, ask in enumerate(asks):
                found = coming.popleft().result()
                coming.extend(reader.submit(read, later) for later in asks[place + AHEAD : place + AHEAD + 1])
                yield ask, found

        yield each()
