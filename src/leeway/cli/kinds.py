"""Kinds of definitions as people type them."""

from __future__ import annotations

import click

from leeway.spec.documents import Kind
from leeway.spec.nearest import did_you_mean


def kind_named(text: str) -> str:
    """`slo`, `SLOs`, `datasource` are kinds too; a usage error for what is none."""
    known = {kind.value.lower(): kind.value for kind in Kind}
    low = text.lower().replace("-", "")
    for plural, singular in (("ies", "y"), ("s", ""), ("", "")):
        found = known.get(low.removesuffix(plural) + singular if plural else low)
        if found and (low.endswith(plural) or not plural):
            return found
    hint = did_you_mean(text, list(known.values())) or f"there are {', '.join(known.values())}"
    raise click.BadParameter(f"{text!r} is no kind of definition; {hint}", param_hint="KIND")
