"""Which project a document belongs to: what its annotation says, else the project that everything is in at first."""

from __future__ import annotations

from leeway.spec.annotations import PROJECT
from leeway.spec.documents import Metadata

DEFAULT = PROJECT.default
EVERY = "*"
"""Stands for all projects where somebody's roles are named; no project is called so."""


def project_of(metadata: Metadata) -> str:
    """The project of a document; an empty annotation counts as none.

    It is an annotation because OpenSLO v1 takes no `/` in the key of a label; where a version takes it, the first value
    of a label of this name counts too.
    """
    labelled = metadata.labels.get(PROJECT.key, ())
    return metadata.annotations.get(PROJECT.key) or next((value for value in labelled if value), DEFAULT)
