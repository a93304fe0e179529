"""Which project a document belongs to: what its label says, else the project that everything is in at first."""

from __future__ import annotations

from collections.abc import Mapping

from leeway.spec.documents import Metadata
from leeway.spec.library import Library

LABEL = "leeway.dev/project"
DEFAULT = "default"
EVERY = "*"
"""Stands for all projects where somebody's roles are named; no project is called so."""


def project_of(metadata: Metadata) -> str:
    """The project of a document. Of a label with several values the first counts; an empty one counts as none."""
    return next((value for value in metadata.labels.get(LABEL, ()) if value), DEFAULT)


def projects_of(library: Library) -> Mapping[tuple[str, str], str]:
    """By kind and name the project of every document that is not in the default one."""
    return {
        (str(kind), name): project
        for (kind, name), one in library.index.items()
        if (project := project_of(one.metadata)) != DEFAULT
    }
