"""No text of a table that leaves is taken for a formula."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leeway.spec.cells import FORMULAS, MARK, as_cell, of_cell

TEXTS = st.text() | st.builds(lambda head, text: head + text, st.sampled_from([*FORMULAS, MARK]), st.text())


@given(TEXTS)
def test_a_text_comes_back_and_never_begins_as_a_formula_does(text):
    """Whatever it is; most texts are not touched."""
    cell = as_cell(text)
    assert not cell.startswith(FORMULAS)
    assert of_cell(cell) == text
    assert cell == text or text.startswith((*FORMULAS, MARK))
