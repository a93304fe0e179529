"""Which format a state has, and which this Leeway writes: told without Alembic, which takes 0.2 s to load."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, column, inspect, select, table

FOLDER = Path(__file__).parent / "migrations"

_VERSION = table("alembic_version", column("version_num"))


def is_current(engine: Engine) -> bool:
    """True if there is nothing to migrate."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return False
        return list(connection.execute(select(_VERSION.c.version_num)).scalars()) == [newest()]


def newest() -> str:
    """The revision of the last step; steps are modules called v<revision>_<words>."""
    return max(path.name.partition("_")[0].removeprefix("v") for path in (FOLDER / "versions").glob("v*.py"))
