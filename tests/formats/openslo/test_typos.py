"""A slip of the keyboard in a field name is never taken for a field, and the field that was meant is offered."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from leeway.formats.openslo import leeway_v1, v1, v1alpha, v2alpha
from leeway.spec.finding import Mark
from leeway.spec.schema.check import check
from leeway.spec.schema.shape import Items, Record, Table
from leeway.spec.text import Entry, Mapping, Scalar

HERE = Mark(1, 1)
LETTERS = string.ascii_letters


def records(shape):
    """Every record of a schema, from the top down."""
    match shape:
        case Record():
            yield shape
            for field in shape.fields:
                yield from records(field.shape)
        case Items():
            yield from records(shape.item)
        case Table():
            yield from records(shape.value)


ALL = [
    record
    for schema in (v1.SCHEMA, v1alpha.SCHEMA, v2alpha.SCHEMA, leeway_v1.SCHEMA)
    for document in schema.values()
    for record in records(document)
]


@st.composite
def slips(draw):
    """A record, one of its fields, and that name with one letter added, lost, changed or two swapped."""
    record = draw(st.sampled_from(ALL))
    name = draw(st.sampled_from(record.fields)).name
    at = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from(LETTERS))
    kinds = (
        name[:at] + letter + name[at:],
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    )
    return record, name, draw(st.sampled_from(kinds))


@given(slips())
def test_a_slip_of_one_letter_is_caught_and_the_field_is_offered(slip):
    """For every field of every record of every version."""
    record, name, typed = slip
    known = {field.name.lower() for field in record.fields}
    faults = list(check(record, Mapping((Entry(Scalar(typed, typed, HERE), Scalar("x", "x", HERE)),), HERE)))
    about = [fault for fault in faults if fault.on_key and fault.at == (typed,)]
    if typed == name:
        assert about == []
    elif typed.lower() in known:
        assert typed in {field.name for field in record.fields} or about[0].code.name == "key-case"
    else:
        assert about[0].code.name == "unknown-field"
        assert f"`{name}`" in about[0].hint
