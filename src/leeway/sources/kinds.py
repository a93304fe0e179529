"""All kinds of sources, named as in their manifests. Listing imports none; one is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from leeway.errors import NotFound

MODULES = {
    "files": "leeway.sources.files",
    "http_probe": "leeway.sources.http_probe",
    "json_push": "leeway.sources.json_push",
    "prometheus": "leeway.sources.prometheus",
}

ALIASES = {
    "csv": "files",
    "parquet": "files",
    "http": "http_probe",
    "json": "json_push",
    "push": "json_push",
    "cortex": "prometheus",
    "mimir": "prometheus",
    "thanos": "prometheus",
    "victoriametrics": "prometheus",
}
"""Words that definitions use for a kind besides its name; case, - and _ make no difference."""


def kind_named(word: str) -> str | None:
    """The kind that a definition's `type` means, None if it is no source of ours.

    >>> kind_named("Prometheus"), kind_named("HTTP-probe"), kind_named("CSV"), kind_named("datadog")
    ('prometheus', 'http_probe', 'files', None)
    """
    bare = word.lower().replace("-", "").replace("_", "").replace(" ", "")
    names = {name.replace("_", ""): name for name in MODULES} | ALIASES
    return names.get(bare)


def load(kind: str) -> ModuleType:
    """The module of a kind of source: it exports `manifest`, `Settings` and `build`."""
    path = MODULES.get(kind)
    if path is None:
        raise NotFound(f"no source is called {kind!r}", mend=f"there are {', '.join(sorted(MODULES))}")
    return import_module(path)
