"""Which version and kind a document says it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leeway.spec import codes
from leeway.spec.documents import Kind
from leeway.spec.nearest import did_you_mean
from leeway.spec.schema.check import kind_of
from leeway.spec.schema.look import look, text
from leeway.spec.schema.shape import Fault
from leeway.spec.text import Mapping, Node


class Version(StrEnum):
    """The versions of OpenSLO that are read, and the language of what OpenSLO cannot say."""

    V1 = "openslo/v1"
    V1ALPHA = "openslo/v1alpha"
    V2ALPHA = "openslo.com/v2alpha"
    LEEWAY = "leeway.dev/v1"


_OPENSLO = tuple(kind for kind in Kind if kind is not Kind.RECIPIENT)
KINDS: dict[Version, tuple[Kind, ...]] = {
    Version.V1: _OPENSLO,
    Version.V1ALPHA: (Kind.SERVICE, Kind.SLO),
    Version.V2ALPHA: _OPENSLO,
    Version.LEEWAY: (Kind.ALERT_POLICY, Kind.RECIPIENT),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a document is, by its own words."""

    version: Version
    kind: Kind


def header(node: Node) -> Header | Fault:
    """The header, or why there is none."""
    if not isinstance(node, Mapping):
        message = f"a document is a mapping that begins with `apiVersion:` and `kind:`, found {kind_of(node)}"
        return Fault(codes.WRONG_TYPE, message, "a list of documents is read too, each item with both")
    version = text(node, "apiVersion")
    if version not in set(Version):
        return _no_version(node, version)
    kinds = KINDS[Version(version)]
    kind = text(node, "kind")
    if kind not in kinds:
        known = ", ".join(kinds)
        if kind == "":
            return Fault(codes.UNSUPPORTED_KIND, "`kind` is required", f"one of: {known}", _at(node, "kind"))
        message = f"{version} has no kind `{kind}`"
        hint = _elsewhere(kind) or did_you_mean(kind, kinds) or f"one of: {known}"
        return Fault(codes.UNSUPPORTED_KIND, message, hint, ("kind",))
    return Header(Version(version), Kind(kind))


def _elsewhere(kind: str) -> str:
    """For a kind that another language has."""
    version = next((one for one in (Version.V1, Version.LEEWAY) if kind in KINDS[one]), None)
    return f"write `apiVersion: {version}`" if version else ""


def _no_version(node: Mapping, version: str) -> Fault:
    if version == "":
        message = "`apiVersion` is required, as text"
        return Fault(codes.UNSUPPORTED_VERSION, message, "add `apiVersion: openslo/v1`", _at(node, "apiVersion"))
    if version == "openslo.com/v1":
        hint = "this is the Kubernetes dialect of another tool; OpenSLO's own spelling is `openslo/v1`"
    else:
        hint = did_you_mean(version, Version) or f"one of: {', '.join(Version)}"
    return Fault(
        codes.UNSUPPORTED_VERSION, f"`{version}` is no version of OpenSLO that Leeway reads", hint, ("apiVersion",)
    )


def _at(node: Mapping, name: str) -> tuple[str, ...]:
    return (name,) if look(node, name) is not None else ()
