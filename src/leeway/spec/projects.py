"""Which project a document belongs to: what its label says, else the project that everything is in at first."""

from __future__ import annotations

from leeway.spec.documents import Metadata

LABEL = "leeway.dev/project"
DEFAULT = "default"
EVERY = "*"
"""Stands for all projects where somebody's roles are named; no project is called so."""


def project_of(metadata: Metadata) -> str:
    """The project of a document. Of a label with several values the first counts; an empty one counts as none."""
    return next((value for value in metadata.labels.get(LABEL, ()) if value), DEFAULT)
