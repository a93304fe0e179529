"""Brings a database to the revision this code knows, with Alembic and the migrations inside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from leeway.errors import NewerFormat
from leeway.store.state.format import FOLDER


def migrate(engine: Engine, folder: Path = FOLDER) -> None:
    """In one transaction: killed half way, nothing has changed. Raises NewerFormat for a revision we do not know."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with engine.begin() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
        if strange := [head for head in heads if head not in known]:
            raise NewerFormat(
                f"the state has the format {', '.join(strange)}, which this Leeway does not know",
                mend="start the newer Leeway again, or restore a backup made before it ran",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
