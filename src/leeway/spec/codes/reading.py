"""Codes of files that cannot be read, or not as their author thinks."""

from __future__ import annotations

from leeway.spec.codes.code import Code

NO_DOCUMENTS = Code(
    "no-documents",
    "A file without any document.",
    "There is nothing to check, which may not be what was meant.",
    "Remove it, or write a document.",
)
UNREADABLE_FILE = Code(
    "unreadable-file",
    "A file that cannot be opened, or a path that is not there.",
    "What is in it cannot be judged.",
    "Check the path and its permissions.",
)

# what the reader of bytes finds; it names its codes itself, their meaning is told here
FILE_TOO_LARGE = Code(
    "file-too-large",
    "A file with more bytes than Leeway reads (10 MB).",
    "No definition needs that; a dump or a wrong path is likelier.",
    "Split it, or check the path.",
)
SYNTAX = Code(
    "syntax",
    "The text is neither YAML nor JSON at this place.",
    "What follows cannot be understood; reading goes on at the next `---`.",
    "Do what the hint says; most often a quote, a bracket or an indentation is missing.",
)
EMPTY_DOCUMENT = Code(
    "empty-document",
    "A document of a file, between two `---` or before the first, that holds nothing.",
    "The Go SDK refuses the whole file because of it.",
    "Remove the `---` that is too many.",
)
DUPLICATE_KEY = Code(
    "duplicate-key",
    "A key stands twice in one mapping.",
    "YAML forbids it; tools silently take the first or the last.",
    "Remove one of the two.",
)
KEY_NOT_TEXT = Code(
    "key-not-text",
    "A list or a mapping used as a key.",
    "Most often a template such as {{ .x }} without quotes.",
    "Put it in quotes.",
)
NUMBER_TOO_LONG = Code(
    "number-too-long",
    "A number of more digits than anybody needs (100).",
    "Reading it could take minutes.",
    "Shorten it, or quote it if it is text.",
)
NUMBER_OUT_OF_RANGE = Code(
    "number-out-of-range",
    "A number beyond 1e±308.",
    "Other tools read infinity, or zero.",
    "Write a smaller exponent, or quote it if it is text.",
)
ALIAS_LOOP = Code(
    "alias-loop",
    "A YAML alias that refers to what it is a part of.",
    "It would never end.",
    "Write the value out.",
)
ALIAS_UNKNOWN = Code(
    "alias-unknown",
    "A YAML alias without an anchor of that name before it.",
    "There is nothing to repeat.",
    "Put `&name` before the value to be repeated, in the same document.",
)
ALIAS_EXPANSION = Code(
    "alias-expansion",
    "Aliases of aliases that grow beyond what a document may hold.",
    "A few lines could fill the memory (an alias bomb).",
    "Repeat less with aliases.",
)
TOO_MANY_VALUES = Code(
    "too-many-values",
    "More values in one document, or one file, than Leeway reads.",
    "Reading stays below a second and 200 MB.",
    "Split it.",
)
TOO_DEEP = Code(
    "too-deep",
    "More than a hundred levels of nesting.",
    "No definition needs that.",
    "Look for a bracket that is never closed.",
)
TOO_MANY_FINDINGS = Code(
    "too-many-findings",
    "A file with more findings than are listed.",
    "A list of thousands helps nobody.",
    "Mend the listed ones first, then look again.",
)
MERGE_NOT_MAPPING = Code(
    "merge-not-mapping",
    "`<<` with something that is no mapping.",
    "There are no keys to merge.",
    "Write `<<: *name`, where `&name` stands before a mapping.",
)
UNKNOWN_TAG = Code(
    "unknown-tag",
    "A YAML tag such as `!Ref`.",
    "It belongs to another tool and means nothing here.",
    "Remove it.",
)
TOO_MANY_DOCUMENTS = Code(
    "too-many-documents",
    "More documents in one file than Leeway reads.",
    "Reading stays below a second and 200 MB.",
    "Split the file.",
)
TOO_MANY_SLIPS = Code(
    "too-many-slips",
    "A file with more wrong characters, or more words, than are looked at one by one.",
    "It is most likely no definition at all.",
    "Check that this is the file you mean.",
)
ENCODING = Code(
    "encoding",
    "A file that is not UTF-8.",
    "Other tools read other letters, or nothing.",
    "Save it as UTF-8; `leeway fmt` does so where the encoding is known.",
)
TAB_INDENTATION = Code(
    "tab-indentation",
    "A tab that indents a line.",
    "YAML counts spaces only; a tab looks like any number of them.",
    "`leeway fmt` puts spaces in its place.",
)
TYPOGRAPHIC_QUOTE = Code(
    "typographic-quote",
    "Typographic quotes around a value.",
    "They are no quotes to YAML and become a part of the text.",
    "`leeway fmt` puts plain quotes in their place.",
)
LOOK_ALIKE = Code(
    "look-alike",
    "A key or name with letters of another script that look like Latin ones.",
    "Two names that look the same are different to every program.",
    "`leeway fmt` puts the Latin letters in their place.",
)
UNICODE_SPACE = Code(
    "unicode-space",
    "A no-break space or another space that is not the plain one.",
    "YAML reads it as a letter, a person as a space.",
    "`leeway fmt` puts a plain space in its place, where that changes no meaning.",
)
BIDI_CONTROL = Code(
    "bidi-control",
    "A character that turns the direction of the text around it.",
    "What is shown is not what is read.",
    "`leeway fmt` takes it away, inside quotes do so by hand.",
)
INVISIBLE_CHARACTER = Code(
    "invisible-character",
    "A character without width, such as a zero-width space.",
    "A name with it is another name, and nobody can see why.",
    "`leeway fmt` takes it away, inside quotes do so by hand.",
)
BYTE_ORDER_MARK = Code(
    "byte-order-mark",
    "A byte order mark in the middle of the text.",
    "Files were joined that each began with one; YAML does not allow it there.",
    "`leeway fmt` takes it away.",
)
CONTROL_CHARACTER = Code(
    "control-character",
    "A control character such as NUL.",
    "YAML does not allow it.",
    "`leeway fmt` takes it away.",
)
