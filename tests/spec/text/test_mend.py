"""Mending: what changes, what stays, and the laws that hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.spec.finding import Severity
from leeway.spec.text import Mapping, Scalar, Sequence, caret, mend, read

SIGNS = [*"ab:-?#,[]{}\"'|>&*! \t\n\r\xa0\u200b\u202e\ufeff\x00\u2028\u0430“”’1.0%@\\é"]
CLUSTERS = ["a: ", "\n  ", "\n- ", '"x"', "- ", "name: ", "---\n", "|\n", ">2\n", "\r\n", "<<: *a", "&a "]
CLUSTERS += ["\\ud83d\\ude00", "# c", '"\\', "“x”", "\u200d", "😀", "- a: |\n    x\n", "\n\t"]
TEXTS = st.lists(st.sampled_from(SIGNS + CLUSTERS), max_size=30).map("".join)


def plain(node):
    """The tree as Python values that can be compared (not a number equals itself here)."""
    match node:
        case Scalar():
            return str(node.value) if node.value != node.value else (type(node.value), node.value)
        case Sequence():
            return [plain(item) for item in node]
        case Mapping():
            return {entry.key.value: plain(entry.value) for entry in node}


def errors(result):
    """The findings that refuse a text."""
    return [finding for finding in result.findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("\ufeffa: 1\n", "a: 1\n"),
        ("a: 1\r\nb: 2\r", "a: 1\nb: 2\n"),
        ("m:\n\ta: 1\n\tb:\n\t\t- x\n", "m:\n  a: 1\n  b:\n    - x\n"),
        ("m:\n    x: 1\n\ta: 1\n", "m:\n    x: 1\n    a: 1\n"),
        ("a:\u00a01  # two\u00a0words \n", "a: 1  # two\u00a0words\n"),
        ("n\u0430me: w\u0435b\n", "name: web\n"),
        ("name: “web”\n", 'name: "web"\n'),
        ("a: “say \"x\"”\n", "a: 'say \"x\"'\n"),
        ("a: “quoted” text\n", "a: “quoted” text\n"),
        ("a: “quoted”\n  text\n", "a: “quoted”\n  text\n"),
        ("a: 1   \nb: 2", "a: 1\nb: 2\n"),
        ("a: |\n  x  \n\n   y\t\u00a0\nb: 1  \n", "a: |\n  x  \n\n   y\t\u00a0\nb: 1\n"),
        ("a: |\n  x", "a: |\n  x"),
        ("|#\n  x", "|#\n  x"),
        ("a: 'x  \n  y\u200b'  \n", "a: 'x  \n  y\u200b'\n"),
        ("a: hello\n  “odd\n  'text\u00a0\nb: 1\n", "a: hello\n  “odd\n  'text\nb: 1\n"),
        ("# only\n#  a comment\t\n", "# only\n#  a comment\n"),
        ("b:   2\na: {x:  1}   # order and layout stay\n", "b:   2\na: {x:  1}   # order and layout stay\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_slips_are_mended_and_nothing_else_moves(text, mended):
    """Outside of quotes and blocks; inside them the text is the writer's."""
    result = mend(text.encode(), "f")
    assert result.data.decode() == mended
    assert bool(result.changes) == (text != mended)


def test_each_change_is_told_with_its_line():
    """So that a person can look at it."""
    result = mend("a: 1\nb:\u00a02 \n".encode(), "f")
    assert [(change.mark.line, change.mark.column) for change in result.changes] == [(2, 3), (2, 5)]
    assert "U+00A0 NO-BREAK SPACE" in result.changes[0].message


def test_utf16_becomes_utf8():
    """If it is marked as such."""
    assert mend("\ufeffé: 1\n".encode("utf-16-le"), "f").data == "é: 1\n".encode()


@pytest.mark.parametrize("data", [b"a: caf\xe9 \n", "a: 1 \n".encode("utf-16-le")])
def test_what_is_no_text_comes_back_untouched(data):
    """And the reason is told; a guess at the encoding could destroy it."""
    result = mend(data, "f")
    assert result.data == data
    assert result.refused[0].code == "encoding"
    assert result.changes == ()


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_law_mending_twice_changes_nothing_more(text):
    """And says so: changes are told exactly when bytes change."""
    once = mend(text.encode(), "f")
    twice = mend(once.data, "f")
    assert bool(once.changes) == (once.data != text.encode())
    assert twice.data == once.data
    assert twice.changes == ()


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_law_what_could_be_read_reads_the_same_after_mending(text):
    """Whatever slips it had: the mended text has the same documents and no errors."""
    before = read(text.encode(), "f")
    if errors(before):
        return
    after = read(mend(text.encode(), "f").data, "f")
    assert errors(after) == []
    assert [plain(root) for root in after.documents] == [plain(root) for root in before.documents]


def quote(value):
    """The value between single quotes."""
    return "'" + value.replace("'", "''") + "'"


INNER = st.text(st.sampled_from([*"ab :#-'\"\\|>[]{},\xa0\u200b\u202e\u2009“”а"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(st.lists(INNER, min_size=1, max_size=4), st.booleans())
def test_law_quoted_text_and_blocks_keep_every_character(values, quoted):
    """The text between quotes and in blocks is the writer's, to the last no-break space."""
    if quoted:
        lines = [f"k{number}: {quote(value)}" for number, value in enumerate(values)]
        expected = values
    else:
        lines = [f"k{number}: |2-\n  x{value}" for number, value in enumerate(values)]
        expected = [f"x{value}" for value in values]
    text = "\n".join(lines) + "\n"
    for data in (text.encode(), mend(text.encode(), "f").data):
        root = read(data, "f").documents[0]
        assert [entry.value.value for entry in root] == expected


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_law_any_text_is_read_or_refused(text):
    """Documents, findings, a caret for each; never an exception, never silence about nothing read."""
    result = read(text.encode(), "f")
    for finding in result.findings:
        assert 1 <= finding.mark.line <= len(result.lines)
        caret(result.lines, finding.mark)
    if text.strip(" \r\n\ufeff") and not result.documents:
        assert errors(result)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_law_any_bytes_are_read_or_refused(data):
    """The same for bytes that are no text at all."""
    read(data, "f")
    assert mend(mend(data, "f").data, "f").changes == ()


SEED = """apiVersion: openslo/v1
kind: SLO
metadata: {name: a, labels: &l {team: [x, 'y']}}
spec:
  description: |
    Two lines:
      "of" text # no comment
  objectives:
  - displayName: Gut
    target: 0.995  # comment
  - {<<: *l, target: 9e-1}
---
- kind: "Service"
"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 3), st.sampled_from(SIGNS + CLUSTERS)), max_size=4))
def test_law_a_damaged_document_is_read_or_refused(damage):
    """Characters lost, doubled or exchanged anywhere in a real document."""
    text = SEED
    for place, lost, put in damage:
        text = text[:place] + put + text[place + lost :]
    read(text.encode(), "f")
    once = mend(text.encode(), "f").data
    assert mend(once, "f").data == once
