"""What is packed comes back as it was: every digit, every type, and the fields that equality does not look at."""

from __future__ import annotations

import json
from dataclasses import is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.openslo.test_writing import documents

import leeway.spec.documents
from leeway.formats.openslo import read, write
from leeway.spec.documents import SLI, Metadata, Metric, RawValue
from leeway.spec.packing import _FIELDS, pack, unpack


@given(st.lists(documents, min_size=1, max_size=3), st.booleans())
def test_documents_survive_packing_whole(written, marks):
    """As made, and as read, with paths and marks: `repr` shows more than `==` compares."""
    found = read(write(written).encode(), "written.yaml", marks=marks).documents
    for each in (tuple(written), found):
        again = unpack(json.loads(json.dumps(pack(each))))
        assert again == each
        assert repr(again) == repr(each)


def test_every_kind_of_record_can_be_packed():
    """Whoever adds one to the documents adds it here too."""
    records = {one for one in vars(leeway.spec.documents).values() if isinstance(one, type) and is_dataclass(one)}
    assert records <= _FIELDS.keys()


def test_what_no_document_holds_is_not_packed():
    """A float would lose digits: there are none in documents."""
    with pytest.raises(TypeError, match="float is no part of a document"):
        pack((SLI(Metadata("a"), RawValue(Metric({"query": 0.5}))),))
