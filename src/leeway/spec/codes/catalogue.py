"""All codes by name, and which of them `plan` and `apply` refuse."""

from __future__ import annotations

from leeway.spec.codes import document, reading, schema, together
from leeway.spec.codes.code import Code

GROUPS: dict[str, tuple[Code, ...]] = {
    title: tuple(value for value in vars(module).values() if isinstance(value, Code))
    for title, module in (
        ("Reading the file", reading),
        ("What OpenSLO or its Go SDK refuses", schema),
        ("Advice on one document", document),
        ("Advice on documents together", together),
    )
}
CODES: dict[str, Code] = {code.name: code for group in GROUPS.values() for code in group}
SERIOUS: frozenset[str] = frozenset(name for name, code in CODES.items() if code.serious)
