"""The embedded stores: points on DuckDB, state on SQLite, together in one data folder."""

from leeway.store.backup import backup, backup_folder, restore
from leeway.store.folder import open_points, open_readings, open_state
from leeway.store.points import DuckPoints
from leeway.store.readings import Readings
from leeway.store.state import SqlState

__all__ = [
    "DuckPoints",
    "Readings",
    "SqlState",
    "backup",
    "backup_folder",
    "open_points",
    "open_readings",
    "open_state",
    "restore",
]
