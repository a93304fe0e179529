"""Advice is a finding that nobody refuses."""

from __future__ import annotations

from leeway.spec.codes import Code
from leeway.spec.documents import Origin
from leeway.spec.finding import Finding, Severity


def note(
    code: Code, origin: Origin, path: str, message: str, hint: str = "", severity: Severity = Severity.WARNING
) -> Finding:
    """A finding at a path of a document."""
    where = f"{origin.root}.{path}" if origin.root and path else origin.root or path
    return Finding(origin.file, origin.at(path), where, code.name, severity, message, hint)
