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


def load(kind: str) -> ModuleType:
    """The module of a kind of source: it exports `manifest`, `Settings` and `build`."""
    path = MODULES.get(kind)
    if path is None:
        raise NotFound(f"no source is called {kind!r}", mend=f"there are {', '.join(sorted(MODULES))}")
    return import_module(path)
