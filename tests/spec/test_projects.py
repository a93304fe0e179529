"""Which project a document belongs to."""

from __future__ import annotations

import pytest

from leeway.spec.documents import Metadata, Service
from leeway.spec.library import Library
from leeway.spec.projects import project_of


@pytest.mark.parametrize(
    ("labels", "project"),
    [
        ({}, "default"),
        ({"team": ("shop",)}, "default"),
        ({"leeway.dev/project": ("shop",)}, "shop"),
        ({"leeway.dev/project": ("",)}, "default"),
        ({"leeway.dev/project": ("shop", "bar")}, "shop"),
        ({"leeway.dev/project": ()}, "default"),
    ],
)
def test_the_annotation_says_it_or_a_label_and_without_one_it_is_the_default(labels, project):
    """The annotation first, then the first value of the label."""
    metadata = Metadata("checkout", labels=labels)
    assert project_of(metadata) == project
    assert project_of(Metadata("checkout", labels=labels, annotations={"leeway.dev/project": ""})) == project
    assert project_of(Metadata("checkout", labels=labels, annotations={"leeway.dev/project": "mine"})) == "mine"
    library = Library.of([Service(metadata)])
    assert library.project("Service", "checkout") == project


@pytest.mark.parametrize(("kind", "name"), [("SLO", "checkout"), ("Service", "other"), ("Sonnet", "checkout")])
def test_what_is_not_there_has_no_project(kind, name):
    """Nor has what is of no kind."""
    assert Library.of([Service(Metadata("checkout"))]).project(kind, name) is None
