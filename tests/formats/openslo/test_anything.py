"""Whatever a file holds: reading, advising and planning answer with findings or `Invalid`, never with a defect."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from leeway.errors import Invalid
from leeway.formats.openslo import Mode, read, write
from leeway.spec.advice import advise
from leeway.spec.explain import explain
from leeway.spec.library import Library

WORDS = ("", "x", "on", "1m", "0m", "1w 2d", "99999999999999999d", "é" * 70, "gt", "success")
TIMES = ("2026-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59")
VALUES = (None, True, False, 0, 1, -1, 0.5, 1e30, [], [None], [[]], {}, {"a": None}, [{}])
JUNK = st.sampled_from([json.dumps(one) for one in (*WORDS, *TIMES, *VALUES)])


def spots(value, path=()):
    """Every place of a document whose value can be put out for another."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from spots(one, (*path, key))


@given(st.data())
def test_a_document_with_anything_anywhere_is_read_or_refused(every, data):
    """Up to three values of a valid document replaced by junk, or taken away."""
    made = json.loads(json.dumps(every[data.draw(st.sampled_from(sorted(every)))]))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(spots(made))))
        at = made
        for step in path[:-1]:
            at = at[step]
        if data.draw(st.booleans()):
            at[path[-1]] = json.loads(data.draw(JUNK))
        else:
            del at[path[-1]]
        if not made:
            return
    for mode in Mode:
        sheet = read(json.dumps(made).encode(), "x.json", mode=mode)
        assert len(sheet.documents) == int(sheet.is_valid)
        library = Library.of(sheet.documents, sheet.names)
        assert all(one.mark.line >= 1 for one in (*sheet.findings, *advise(library)))
        for slo in library.slos:
            with suppress(Invalid):
                explain(slo, library)
        with suppress(Invalid):
            again = read(write(sheet.documents).encode(), "y.yaml", mode=Mode.LENIENT)
            inline = "connection={" in repr(sheet.documents)  # a source inside a metric becomes a document of its own
            assert inline or again.documents == sheet.documents


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused(data):
    """Nothing is raised."""
    assert read(data, "x").count >= 0
