"""Definitions from files, for every verb that takes them."""

from __future__ import annotations

from collections.abc import Iterable

from leeway.cli.files import File, load
from leeway.errors import Invalid
from leeway.formats import openslo
from leeway.formats.openslo import Mode, Sheet
from leeway.spec import codes
from leeway.spec.advice import advise
from leeway.spec.finding import Finding, Mark, Severity
from leeway.spec.library import Library
from leeway.spec.text import Lines


def read_sheets(paths: Iterable[str], mode: Mode = Mode.STRICT) -> list[Sheet]:
    """All files that the paths mean; what cannot be opened is a sheet with one finding."""
    return [
        _unreadable(file) if file.problem else openslo.read(file.data, file.name, mode=mode) for file in load(paths)
    ]


def read_library(paths: Iterable[str], *, mode: Mode = Mode.LENIENT, refuse_serious: bool = False) -> Library:
    """The documents of all files, held together, to compute with: by default what the SDK reads is read.

    Raises `Invalid` at the first error, and with `refuse_serious` also at advice that must not be ignored.
    """
    sheets = read_sheets(paths, mode)
    library = library_of(sheets)
    faults = [one for sheet in sheets for one in sheet.findings if one.severity is Severity.ERROR]
    if refuse_serious and not faults:
        faults = [one for one in advise(library) if one.code in codes.SERIOUS]
    if faults:
        raise refusal(faults)
    return library


def library_of(sheets: Iterable[Sheet]) -> Library:
    """The documents of several files, held together."""
    together = list(sheets)
    return Library.of(
        (document for sheet in together for document in sheet.documents),
        (name for sheet in together for name in sheet.names),
    )


def refusal(faults: list[Finding]) -> Invalid:
    """One error out of many: the first in full, the others by number, and the command that lists them."""
    first, more = faults[0], len(faults) - 1
    others = f" ({more} more: `leeway lint {first.file}` lists them)" if more else ""
    place = f"{first.file}:{first.mark.line}:{first.mark.column}"
    return Invalid(f"{first.message}{others}", place=place, mend=first.hint)


def _unreadable(file: File) -> Sheet:
    finding = Finding(
        file.name, Mark(1, 1), "", codes.UNREADABLE_FILE.name, Severity.ERROR, file.problem, "check the path"
    )
    return Sheet(file.name, (), (finding,), Lines(""), 0, frozenset())
