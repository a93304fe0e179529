"""What YAML means here, and where it says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from leeway.spec.finding import Mark
from leeway.spec.text import Mapping, Scalar, Sequence, read


def plain(node):
    """The tree as Python values, for comparing."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node]
        case Mapping():
            return {entry.key.value: plain(entry.value) for entry in node}


def value(text):
    """The value of `v` in a clean document."""
    result = read(f"v: {text}\n".encode(), "f.yaml")
    assert result.findings == ()
    return result.documents[0].get("v").value


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "on",
        "Yes",
        "y",
        "017",
        "-017",
        "1:30",
        "12:30:00",
        "2022-01-01",
        "1_000",
        "0b1",
        "+",
        ".",
        "1e",
        "nan",
    ],
)
def test_what_looks_like_text_stays_text(text):
    """Only true, false, null and plain numbers have a meaning; everything else is as written."""
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("0", 0), ("-5", -5), ("+7", 7), ("0o17", 15), ("0x1F", 31),
        ("0.999", Decimal("0.999")), ("1e3", Decimal(1000)), ("9.95e-1", Decimal("0.995")),
        (".5", Decimal("0.5")), ("1.", Decimal(1)),
        (".inf", Decimal("Infinity")), ("-.Inf", Decimal("-Infinity")),
        ("'1'", "1"), ('"true"', "true"), ("!!str 1", "1"), ("!!int '5'", 5),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema_with_exact_numbers(text, expected):
    """Integers are int and fractions Decimal, never float, so that 0.999 is 999/1000."""
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_not_a_number_is_a_decimal():
    """`.nan` is read (and left to the validation of the field to refuse)."""
    assert value(".nan").is_nan()


def test_every_value_knows_its_place():
    """Marks count lines and characters from 1, also behind wide characters."""
    root = read("é: 😀\nb:\n  - x: {y: 'z'}\n".encode(), "f").documents[0]
    assert [entry.key.mark for entry in root] == [Mark(1, 1), Mark(2, 1)]
    assert root.get("é").mark == Mark(1, 4)
    assert root.get("b").items[0].get("x").get("y").mark == Mark(3, 12)


@pytest.mark.parametrize("text", ["a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r"])
def test_line_ends_of_other_systems_are_harmless(text):
    """CRLF and a lone CR end a line and nothing else."""
    result = read(text.encode(), "f")
    assert result.findings == ()
    assert plain(result.documents[0]) == {"a": 1, "b": 2}
    assert result.documents[0].get("b").mark == Mark(2, 4)
    assert result.lines.line(2) == "b: 2"


def test_merge_keys_fill_in_what_is_missing():
    """Own keys win over merged ones, and earlier merged mappings over later ones."""
    text = b"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 9}\n"
    result = read(text, "f")
    assert result.findings == ()
    assert plain(result.documents[0].get("c")) == {"x": 9, "y": 1, "z": 2}


def test_a_quoted_merge_sign_is_a_key():
    """Only a plain << merges."""
    assert plain(read(b'"<<": 1\n', "f").documents[0]) == {"<<": 1}


def test_several_documents_and_lists_are_kept_apart():
    """One root per document, whatever its shape."""
    result = read(b"a: 1\n---\n- b: 2\n- c: 3\n...\n", "f")
    assert [plain(root) for root in result.documents] == [{"a": 1}, [{"b": 2}, {"c": 3}]]


def test_json_is_read_too():
    """Tabs between its signs included."""
    result = read(b'[\n\t{"a": 1.5,\n\t"b": [true, null, "\\u00e9\\/"]}\n]', "f")
    assert result.findings == ()
    assert plain(result.documents[0]) == [{"a": Decimal("1.5"), "b": [True, None, "é/"]}]


def test_keys_are_always_text():
    """As in JSON: `1`, `true` and `null` as keys are the words."""
    assert plain(read(b"1: a\ntrue: b\n~: c\n", "f").documents[0]) == {"1": "a", "true": "b", "~": "c"}


def test_an_empty_file_is_fine_and_an_empty_document_is_not():
    """Nothing at all is zero objects; a comment alone, or --- without content, is a mistake."""
    assert read(b"", "f").findings == ()
    assert read(b" \n\n", "f").findings == ()
    for text in (b"# nothing\n", b"---\n---\na: 1\n", b"---\n"):
        assert [finding.code for finding in read(text, "f").findings] == ["empty-document"]
