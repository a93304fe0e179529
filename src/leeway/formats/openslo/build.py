"""A tree that its schema accepts becomes a typed document. Nothing is judged here any more."""

from __future__ import annotations

from leeway.formats.openslo import objects_leeway, objects_v1alpha
from leeway.formats.openslo.header import Header, Version
from leeway.formats.openslo.objects import Objects
from leeway.spec.documents import Document, Kind, Origin
from leeway.spec.text import Node


def build(head: Header, node: Node, origin: Origin) -> Document:
    """The document of `node`, which its schema has accepted."""
    if head.version is Version.V1ALPHA and head.kind is Kind.SLO:
        return objects_v1alpha.slo(node, origin)
    if head.version is Version.LEEWAY:
        return (
            objects_leeway.policy(node, origin)
            if head.kind is Kind.ALERT_POLICY
            else objects_leeway.recipient(node, origin)
        )
    return Objects(origin, alpha2=head.version is Version.V2ALPHA).document(head.kind, node, "")
