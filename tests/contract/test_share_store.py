"""SQLite's store keeps the port's promises to shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leeway.errors import NotFound
from leeway.ports.shares import Share
from leeway.store import open_state

SHARE = Share(0, "checkout/ü", "d1", "ann", 1_000.25, 2_000.5)


@pytest.fixture
def store(tmp_path):
    return open_state(tmp_path / "data").shares


def test_a_share_is_found_by_its_digest_until_it_is_removed_and_after_a_restart(store, tmp_path):
    """Every field; its number is not given again, and of another SLO it is none."""
    kept = store.add(SHARE)
    assert kept == replace(SHARE, number=kept.number)
    again = open_state(tmp_path / "data").shares
    assert (again.share("d1"), again.share("d2"), again.shares()) == (kept, None, (kept,))
    with pytest.raises(NotFound):
        again.remove("search", kept.number)
    assert again.remove(kept.slo, kept.number) == kept
    with pytest.raises(NotFound):
        again.remove(kept.slo, kept.number)
    assert again.add(SHARE).number > kept.number


def test_what_expired_is_forgotten(store):
    """To the moment."""
    old, new = store.add(SHARE), store.add(replace(SHARE, digest="d2", expires_at=3_000.0))
    store.prune(2_000.5)
    assert store.shares() == (new, old)
    store.prune(2_000.6)
    assert store.shares() == (new,)
