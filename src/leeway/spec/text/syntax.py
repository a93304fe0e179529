"""What the YAML parser objects to, in plain words: what was expected, where, and what mends it."""

from __future__ import annotations

from typing import NamedTuple

import yaml


class Fault(NamedTuple):
    """One syntax error: the offset where a person should look, the offset where the parser stopped."""

    offset: int
    stopped: int
    message: str
    hint: str


# What the parser says → (look where it began, what is wrong, what mends it). The first that fits is taken. Both
# parsers of PyYAML are covered: libyaml's words and those of its Python twin.
_WORDS = (
    ("quoted scalar|end of stream", True, "a quote is opened here and never closed", "add the closing quote"),
    (
        "quoted scalar|document",
        True,
        "a quote is opened here and not closed before the next document (---)",
        "add the closing quote",
    ),
    (
        "unknown escape",
        False,
        "inside double quotes a backslash starts a code such as \\n, and this is none",
        "double the backslash (\\\\), or use single quotes",
    ),
    (
        "escape",
        False,
        "inside double quotes a code such as \\u00e9 is not complete or not a character",
        "double the backslash (\\\\), or use single quotes",
    ),
    ("expected ',' or ']'", True, "the list opened here with [ is not closed, or a comma is missing", "add , or ]"),
    ("expected ',' or '}'", True, "the mapping opened here with { is not closed, or a comma is missing", "add , or }"),
    (
        "flow node",
        False,
        "the text ends, or a sign stands, where a value of a [list] or {mapping} was expected",
        "close the bracket, or add the value",
    ),
    (
        "mapping values are not allowed",
        False,
        "a `:` where no key can be: the text itself holds `: `, or the line is not lined up with its neighbours",
        "put the text in quotes, or line the key up with the keys beside it",
    ),
    (
        "sequence entries are not allowed",
        False,
        "a list item (`- `) cannot start here",
        "start the list on a line of its own, below its key",
    ),
    (
        "mapping keys are not allowed",
        False,
        "a key with `?` cannot start here",
        "put the text in quotes if it begins with a question mark",
    ),
    (
        "expected ':'",
        True,
        "this line was expected to be `key: value`, but no `:` follows the key",
        "add `: ` and the value, or indent the line if it continues the text above",
    ),
    (
        "unexpected ':'",
        False,
        "a `:` stands directly before the next word, inside brackets",
        "put a space after the `:`",
    ),
    (
        "block mapping|",
        False,
        "expected another `key: value` here: the indentation fits no line above, or text follows a closing quote",
        "line the key up with the keys beside it, or quote the whole text",
    ),
    (
        "block collection|",
        False,
        "expected another `- item` of the list above, or a line that is indented less",
        "line it up with the items of the list, or add `- `",
    ),
    (
        "node content",
        False,
        "expected a value here, but found a sign that cannot begin one",
        "put the text in quotes, or remove the sign",
    ),
    (
        "cannot start any token",
        False,
        "a text without quotes cannot begin with this character",
        "put the text in quotes",
    ),
    ("tab character", False, "a tab where spaces are expected", "leeway fmt FILE mends it"),
    ("alias|", False, "after `*` the name of an anchor was expected", "put the text in quotes if the star is meant"),
    ("anchor|", False, "after `&` a name was expected", "put the text in quotes if the ampersand is meant"),
    (
        "block scalar|",
        False,
        "after `|` or `>` only a digit, + or - may follow on the same line",
        "start the text on the next line, indented; or put it in quotes",
    ),
    ("undefined tag handle", False, "this tag uses a handle that was never declared", "remove the tag"),
    ("tag|", False, "after `!` the name of a tag was expected", "put the text in quotes if the mark is meant"),
    ("directive", False, "a line that begins with % is a YAML directive, and this is none", "remove it, or quote it"),
    ("incompatible YAML", False, "only YAML 1.x can be read", "remove the %YAML line"),
    (
        "<document start>",
        False,
        "after the end of a document only `---` can follow",
        "put `---` on a line of its own before it, or remove what is too much",
    ),
)


def explain(error: yaml.YAMLError, size: int) -> Fault:
    """The fault in words for a person; offsets count characters of the text that was parsed, `size` is its length."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Fault(0, size, f"this cannot be read as YAML: {error}", "check the file with an editor")
    problem = error.problem or ""
    stopped = min(error.problem_mark.index, size)
    began = min(error.context_mark.index, size) if error.context_mark else stopped
    said = f"{error.context or ''}|{problem}"
    for phrase, at_start, message, hint in _WORDS:
        if all(part in said for part in phrase.split("|")):
            return Fault(began if at_start else stopped, stopped, message, hint)
    return Fault(stopped, stopped, f"this cannot be read as YAML: {problem}", "check the lines around it")
