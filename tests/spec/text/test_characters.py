"""Text that was copied from elsewhere: harmless, or named with line, column, character and cure."""

from __future__ import annotations

import pytest

from leeway.spec.finding import Mark, Severity
from leeway.spec.text import Mapping, Scalar, Sequence, read

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def plain(node):
    """The tree as Python values."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node]
        case Mapping():
            return {entry.key.value: plain(entry.value) for entry in node}


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa: 1\n",
        b"a: 1\r\n",
        b"a: 1\r",
        b"a:\t1\n",
        b"a: 1   \n",
        b"{\n\t\"a\": 1\n}\n",
        "a: 1 # a comment\u00a0with\u200bthem\n".encode(),
    ],
    ids=["byte order mark", "CRLF", "lone CR", "tab after colon", "trailing spaces", "tabs in JSON", "in a comment"],
)  # fmt: skip
def test_some_slips_are_harmless(data):
    """They are read as if they were not there, without a word."""
    result = read(data, "f.yaml")
    assert result.findings == ()
    assert plain(result.documents[0]) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    ["a: 👩\u200d🔧 works\n", "a: می\u200cخواهم\n", "a: Спасибо за покупку\n", "ключ: значение\n", "a: it’s “so”\n"],
)
def test_writing_of_other_languages_is_left_alone(text):
    """Joiners, other scripts and typography in running text are no slips."""
    result = read(text.encode(), "f.yaml")
    assert result.findings == ()
    assert list(plain(result.documents[0]).items()) == [tuple(text.rstrip("\n").split(": "))]


@pytest.mark.parametrize(
    ("text", "line", "column", "severity", "code", "says", "meant"),
    [
        ("a:\u00a01\n", 1, 3, ERROR, "unicode-space", "U+00A0 NO-BREAK SPACE", {"a": 1}),
        ("a: 1\u00a0\n", 1, 5, ERROR, "unicode-space", "U+00A0 NO-BREAK SPACE", {"a": 1}),
        ("a: x\u3000y\n", 1, 5, WARNING, "unicode-space", "U+3000 IDEOGRAPHIC SPACE", {"a": "x y"}),
        ('name: "web\u00a0"\n', 1, 11, ERROR, "unicode-space", "U+00A0", {"name": "web"}),
        ('a: "x\u00a0"\n', 1, 6, WARNING, "unicode-space", "U+00A0", {"a": "x\u00a0"}),
        ('a: "x\u00a0y"\n', 1, 6, INFO, "unicode-space", "U+00A0", {"a": "x\u00a0y"}),
        ("b: 1\na: |\n  x\u00a0y\n", 3, 4, INFO, "unicode-space", "U+00A0", {"b": 1, "a": "x\u00a0y\n"}),
        ("a: x\u00a0#1\n", 1, 5, WARNING, "unicode-space", "U+00A0", {"a": "x\u00a0#1"}),
        ("# x\u2028a: 2\na: 1\n", 1, 4, ERROR, "unicode-space", "U+2028 LINE SEPARATOR", {"a": 1}),
        ("a\u200b: 1\n", 1, 2, ERROR, "invisible-character", "U+200B ZERO WIDTH SPACE", {"a": 1}),
        ("a: x\u00ady\n", 1, 5, WARNING, "invisible-character", "U+00AD SOFT HYPHEN", {"a": "xy"}),
        ("a: 'x\u200by'\n", 1, 6, WARNING, "invisible-character", "U+200B", {"a": "x\u200by"}),
        ("a: \u202e1\n", 1, 4, ERROR, "bidi-control", "U+202E RIGHT-TO-LEFT OVERRIDE", {"a": 1}),
        ("a: 1 # \u202e\n", 1, 8, WARNING, "bidi-control", "U+202E", {"a": 1}),
        ("a: 1\n---\n\ufeffa: 1\n", 3, 1, ERROR, "byte-order-mark", "U+FEFF", {"a": 1}),
        ("a: 1\x00\n", 1, 5, ERROR, "control-character", "U+0000 NULL", {"a": 1}),
        ("a: '\x1b1'\n", 1, 5, ERROR, "control-character", "U+001B ESCAPE", {"a": "1"}),
        ("m:\n\ta: 1\n  b: 2\n", 2, 1, ERROR, "tab-indentation", "a tab", {"m": {"a": 1, "b": 2}}),
        ("\tа: 1\n".replace("а", "a"), 1, 1, ERROR, "tab-indentation", "U+0009", {"a": 1}),
        ("n\u0430me: x\n", 1, 2, ERROR, "look-alike", "U+0430 CYRILLIC SMALL LETTER A for a", {"name": "x"}),
        ("\u043e\u0440: gt\n", 1, 1, ERROR, "look-alike", "'op'", {"op": "gt"}),
        ("kind: SL\u039f\n", 1, 9, ERROR, "look-alike", "U+039F GREEK CAPITAL LETTER OMICRON", {"kind": "SLO"}),
        ("name: web\u2013app\n", 1, 10, ERROR, "look-alike", "U+2013 EN DASH", {"name": "web-app"}),
        ("name: \u201cweb\u201d\n", 1, 7, ERROR, "typographic-quote", "U+201C", {"name": "web"}),
        ("{a: \u2018x, y\u2019}\n", 1, 5, ERROR, "typographic-quote", "U+2018", {"a": "x, y"}),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_place_and_read_as_it_was_meant(text, line, column, severity, code, says, meant):
    """One finding with line, column and character; reading goes on with what leeway fmt would write."""
    result = read(text.encode(), "f.yaml")
    (finding,) = result.findings
    assert (finding.mark, finding.severity, finding.code) == (Mark(line, column), severity, code)
    assert says in finding.message
    assert "leeway fmt f.yaml mends it" in finding.hint or "leeway fmt leaves it" in finding.hint
    assert plain(result.documents[-1]) == meant


def test_places_after_a_slip_stay_those_of_the_file():
    """Reading the mended text does not move the values."""
    root = read("m:\n\t\ta:\u00a0\u200bx\u00a0\n\t\tb: 2\r\nc: 3".encode(), "f").documents[0]
    assert root.get("m").get("a").mark == Mark(2, 7)
    assert root.get("m").get("b").mark == Mark(3, 6)
    assert root.get("c").mark == Mark(4, 4)


def test_everything_is_told_at_once():
    """Slips of the whole text, and the first syntax error of every document."""
    text = "a:\u00a01\nb: c: d\n---\ne: [1\n---\nf: 'x\n---\ng\u200b: 1\n"
    result = read(text.encode(), "f")
    assert [(finding.mark.line, finding.code) for finding in result.findings] == [
        (1, "unicode-space"),
        (2, "syntax"),
        (4, "syntax"),
        (6, "syntax"),
        (8, "invisible-character"),
    ]
    assert [plain(root) for root in result.documents] == [{"g": 1}]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_read_when_they_are_marked(encoding):
    """With a byte order mark they are read, with a warning; without one they are refused by name."""
    marked = read("\ufeffé: 1\n".encode(encoding), "f")
    assert [(finding.code, finding.severity) for finding in marked.findings] == [("encoding", WARNING)]
    assert plain(marked.documents[0]) == {"é": 1}
    bare = read("a: 1\n".encode(encoding), "f")
    assert bare.documents == ()
    assert [(finding.code, finding.severity) for finding in bare.findings] == [("encoding", ERROR)]


def test_bytes_that_are_no_utf8_are_each_named():
    """With line, column, and the letter that was probably meant."""
    result = read(b"a: caf\xe9\nb: \xff\n", "f")
    assert [finding.mark for finding in result.findings] == [Mark(1, 7), Mark(2, 4)]
    assert "0xE9" in result.findings[0].message
    assert "é" in result.findings[0].message
    assert read("\ufeffa: 1".encode("utf-16-le")[:-1], "f").findings[-1].mark == Mark(1, 4)


def test_pictures_in_json_escapes_are_one_character():
    """JSON writes them as two halves; places behind them stay right."""
    result = read(b'{"a": "\\ud83d\\ude00", "b": 1}', "f")
    assert result.findings == ()
    assert plain(result.documents[0]) == {"a": "😀", "b": 1}
    assert result.documents[0].get("b").mark == Mark(1, 28)
