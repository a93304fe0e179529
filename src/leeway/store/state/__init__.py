"""State on SQL: definitions with their history, series, jobs."""

from leeway.store.state.sqlite import open_sqlite
from leeway.store.state.store import SqlState

__all__ = ["SqlState", "open_sqlite"]
