"""What is refused: said in plain words, with a place, and cheaply."""

from __future__ import annotations

import subprocess
import sys

import pytest

from leeway.spec.finding import Mark
from leeway.spec.text import Limits, caret, read


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: b: c\n", (1, 5), "no key can be"),
        ("a: 1\n b: 2\n", (2, 3), "lined up"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "indentation fits no line above"),
        ("a: 'it's'\n", (1, 8), "follows a closing quote"),
        ('x: 1\na: "b\nc: 1\n', (2, 4), "quote is opened here and never closed"),
        ("a: [1, 2\n", (1, 4), "opened here with [ is not closed"),
        ("a: {b: 1\nc: 2\n", (1, 4), "opened here with { is not closed"),
        ("a: ]\n", (1, 4), "expected a value here"),
        ("a: @b\n", (1, 4), "cannot begin with this character"),
        ("a: - b\n", (1, 4), "list item"),
        ("- a\nb: 1\n", (2, 1), "expected another `- item`"),
        ("a: 1\nb\n", (2, 1), "no `:` follows the key"),
        ('a: "\\q"\n', (1, 5), "backslash"),
        ("a: *\n", (1, 5), "name of an anchor"),
        ("a: &\n", (1, 5), "a name was expected"),
        ("a: |x\n  b\n", (1, 5), "after `|` or `>`"),
        ("%FOO\n---\na: 1\n", (1, 5), "directive"),
    ],
)
def test_a_syntax_error_says_what_was_expected(text, place, says):
    """In words of a person, at the place where the person has to look."""
    (finding,) = read(text.encode(), "f").findings
    assert (finding.code, finding.mark) == ("syntax", Mark(*place))
    assert says in finding.message
    assert finding.hint
    for jargon in ("token", "scalar", "block mapping", "node", "stream"):
        assert jargon not in finding.message


@pytest.mark.parametrize(
    ("text", "code", "place", "path"),
    [
        ("a: {x: 1, y: 2, x: 3}\n", "duplicate-key", (1, 17), "a.x"),
        ("l:\n- k: 1\n  'k': 2\n", "duplicate-key", (3, 3), "l[0].k"),
        ("a: *b\n", "alias-unknown", (1, 4), "a"),
        ("a: &b [*b]\n", "alias-loop", (1, 8), "a[0]"),
        ("a: {<<: 1}\n", "merge-not-mapping", (1, 5), "a.<<"),
        ("a: {[x]: 1}\n", "key-not-text", (1, 5), "a"),
        ("a: {{ x }}\n", "key-not-text", (1, 5), "a"),
        ("a: 1e999\n", "number-out-of-range", (1, 4), "a"),
        ("a: 1e-999\n", "number-out-of-range", (1, 4), "a"),
        ("a: 1e99999999999999999999\n", "number-out-of-range", (1, 4), "a"),
        ("a: " + "9" * 101 + "\n", "number-too-long", (1, 4), "a"),
        ("a: 0x" + "f" * 5000 + "\n", "number-too-long", (1, 4), "a"),
        ("a: 0." + "1" * 5000 + "\n", "number-too-long", (1, 4), "a"),
        ("a: !foo 1\n", "unknown-tag", (1, 4), "a"),
    ],
)
def test_what_yaml_allows_and_nobody_means_is_named(text, code, place, path):
    """With a stable code, the place and the path."""
    (finding,) = read(text.encode(), "f").findings
    assert (finding.code, finding.mark, finding.path) == (code, Mark(*place), path)


def test_a_duplicate_key_names_both_places_and_the_last_one_stays():
    """Which is what other tools read, so that a lenient mode can go on."""
    result = read(b"a: 1\nb: 2\na: 3\n", "f")
    assert "line 1, column 1" in result.findings[0].message
    assert result.findings[0].mark == Mark(3, 1)
    assert result.documents[0].get("a").value == 3


def test_a_merged_mapping_may_repeat_keys():
    """Merging is no duplicate."""
    assert read(b"a: &a {x: 1}\nb: {x: 2, <<: *a}\n", "f").findings == ()


HOSTILE = {
    "brackets": "b'[' * 9_000_000",
    "braces": "b'{\"a\":' * 1_500_000",
    "brackets on lines": "b'[\\n' * 4_000_000",
    "items": "b'- ' * 4_000_000",
    "question marks": "b'? ' * 4_000_000",
    "indentation": "b''.join(b' ' * i + b'a:\\n' for i in range(4000))",
    "alias bomb": (
        "b'a0: &a0 [x,x,x,x,x,x,x,x,x]\\n' + b''.join("
        "b'a%d: &a%d [%s]\\n' % (i, i, b','.join([b'*a%d' % (i - 1)] * 9)) for i in range(1, 20))"
    ),
    "alias ladder": "b'a0: &a0 [x]\\n' + b''.join(b'a%d: &a%d [*a%d]\\n' % (i, i, i - 1) for i in range(1, 5000))",
    "merge bomb": (
        "b'a: &a {' + b','.join(b'k%d: 1' % i for i in range(1000)) + b'}\\nb: {<<: [' "
        "+ b','.join([b'*a'] * 90000) + b']}'"
    ),
    "5,000 digits": "b'a: ' + b'9' * 5000",
    "5,000,000 digits": "b'a: ' + b'9' * 5_000_000",
    "too large": "b'a: 1\\n' * 2_000_001",
    "values": "b'- 1\\n' * 2_400_000",
    "documents": "b'--- 1\\n' * 1_600_000",
    "broken documents": "b'---\\n]\\n' * 1_600_000",
    "unclosed quote": "b'a: \"' + b'x\\\\n ' * 2_000_000",
    "no UTF-8": "b'\\xff' * 9_000_000",
    "no-break spaces": "'a:\\u00a01\\n'.encode() * 1_400_000",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_little_memory(name):
    """A finding, no crash, below 200 MB beyond the interpreter and the text itself (the kernel enforces it)."""
    program = f"""
import resource
from leeway.spec.text import read
data = {HOSTILE[name]}
with open("/proc/self/statm") as file:
    now = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + 200_000_000,) * 2)
result = read(data, "hostile.yaml")
assert result.findings, "nothing was found"
print(result.findings[-1].code)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout.strip()


def test_limits_can_be_set():
    """By the caller, for larger machines or stricter doors."""
    text = b"a: [[[1, 2, 3]]]\n"
    assert read(text, "f", Limits(size=5)).findings[0].code == "file-too-large"
    assert read(text, "f", Limits(depth=3)).findings[0].code == "too-deep"
    assert read(text, "f", Limits(nodes=3)).findings[0].code == "too-many-values"
    assert read(text, "f", Limits(depth=4, nodes=8)).findings == ()


def test_findings_beyond_the_limit_are_summed_up():
    """The list ends with a line that says so."""
    result = read(b"a: !x 1\n" + b"".join(b"b%d: !x 1\n" % i for i in range(10)), "f", Limits(findings=3))
    assert [finding.code for finding in result.findings] == ["unknown-tag"] * 3 + ["too-many-findings"]


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("a: b: c", Mark(1, 5), ("a: b: c", "    ^")),
        ("\ta:\tb", Mark(1, 5), ("    a:    b", " " * 10 + "^")),
        ("日本: x", Mark(1, 5), ("日本: x", "      ^")),
        ("a\u202eb", Mark(1, 3), ("a·b", "  ^")),
        ("x" * 300, Mark(1, 200), ("…" + "x" * 100 + "…", " " * 51 + "^")),
        ("one", Mark(1, 9), ("one", "   ^")),
        ("one", Mark(7, 1), ("", "^")),
    ],
)
def test_a_caret_stands_below_the_character(text, mark, expected):
    """Whatever stands before it: tabs, wide letters, what cannot be seen, a long line."""
    assert caret(read(text.encode(), "f").lines, mark) == expected
