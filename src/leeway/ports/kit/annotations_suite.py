"""The contract of every AnnotationStore: subclass `AnnotationStoreSuite`, say how one is opened; pytest runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.errors import NotFound
from leeway.ports.annotations import Annotation, AnnotationStore

Opener = Callable[[Path], AnnotationStore]

SPAN = Annotation(0, "checkout", 600.5, 900.5, "deploy 42 “x”\nund Größe", "ann", 1_000.25)
POINT = replace(SPAN, ends_at=None)


class AnnotationStoreSuite:
    """What charts count on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> AnnotationStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_an_annotation_is_there_again_with_a_number_of_its_own(self, store: AnnotationStore) -> None:
        """Every field, of a span and of a moment; by when they begin."""
        span, point = store.add(SPAN), store.add(replace(POINT, starts_at=100.0))
        assert span == replace(SPAN, number=span.number)
        assert point.number > span.number
        assert store.annotations("checkout", 0, 2_000) == (point, span)

    def test_only_those_that_touch_the_span_are_told(self, store: AnnotationStore) -> None:
        """The end of what is asked for does not belong to it; those of other SLOs are told of those."""
        span, point = store.add(SPAN), store.add(POINT)
        other = store.add(replace(SPAN, slo="search"))
        assert store.annotations("checkout", 700, 800) == (span,)
        assert store.annotations("checkout", 600.5, 601) == (span, point)
        assert store.annotations("checkout", 0, 600.5) == ()
        assert store.annotations("checkout", 900.75, 2_000) == ()
        assert store.annotations("search", 0, 2_000) == (other,)

    def test_what_is_removed_is_gone_and_its_number_is_not_given_again(self, store: AnnotationStore) -> None:
        """It is told once more as it was; a second time there is nothing."""
        kept = store.add(SPAN)
        assert store.remove("checkout", kept.number) == kept
        assert store.annotations("checkout", 0, 2_000) == ()
        with pytest.raises(NotFound):
            store.remove("checkout", kept.number)
        assert store.add(SPAN).number > kept.number

    def test_an_annotation_is_removed_from_its_own_slo_only(self, store: AnnotationStore) -> None:
        """A number of another SLO's is none."""
        kept = store.add(SPAN)
        with pytest.raises(NotFound):
            store.remove("search", kept.number)
        assert store.annotations("checkout", 0, 2_000) == (kept,)

    def test_what_came_after_a_number_is_told_of_every_slo(self, store: AnnotationStore) -> None:
        """By number: for those who tell others what is new."""
        first, second = store.add(SPAN), store.add(replace(POINT, slo="search", starts_at=1.0))
        assert store.after(0) == (first, second)
        assert store.after(first.number) == (second,)
        assert store.after(second.number) == ()
