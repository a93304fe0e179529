"""Documents that are held together: who refers to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from leeway.spec.documents import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    DataSource,
    Document,
    Kind,
    LeewayPolicy,
    Metric,
    Recipient,
    Reference,
    Service,
    kind_of,
)
from leeway.spec.projects import project_of


@dataclass(frozen=True, slots=True)
class Library:
    """Documents by kind and name. Of two with one name the first is found, as in the Go SDK.

    `known` also holds the names of documents that could not be read: a reference to one is not dangling.
    """

    documents: tuple[Document, ...]
    known: frozenset[tuple[Kind, str]]
    index: dict[tuple[Kind, str], Document]
    by_kind: dict[Kind, list[str]]

    @staticmethod
    def of(documents: Iterable[Document], known: Iterable[tuple[Kind, str]] = ()) -> Library:
        """A library of the documents."""
        found = tuple(documents)
        index: dict[tuple[Kind, str], Document] = {}
        for one in found:
            index.setdefault((kind_of(one), one.metadata.name), one)
        names = frozenset(known) | frozenset(index)
        by_kind = {kind: sorted(name for one, name in names if one is kind) for kind in Kind}
        return Library(found, names, index, by_kind)

    def labels(self) -> dict[tuple[str, str], frozenset[str]]:
        """By kind and name, each label as `key=value` and as `key`."""
        return {
            (str(kind), name): frozenset(
                said
                for key, values in one.metadata.labels.items()
                for said in (key, *(f"{key}={each}" for each in values))
            )
            for (kind, name), one in self.index.items()
        }

    def project(self, kind: str, name: str) -> str | None:
        """The project of this document, None if there is none of this kind and name."""
        found = self.index.get((Kind(kind), name)) if kind in Kind.__members__.values() else None
        return None if found is None else project_of(found.metadata)

    def projects(self) -> frozenset[str]:
        """The projects of all SLOs."""
        return frozenset(project_of(one.metadata) for one in self.slos)

    def names(self, kind: Kind) -> list[str]:
        """The names of all documents of a kind, in order."""
        return self.by_kind[kind]

    @property
    def slos(self) -> tuple[SLO, ...]:
        """All SLOs in the order of the files."""
        return tuple(one for one in self.documents if isinstance(one, SLO))

    def service(self, name: str) -> Service | None:
        """The service of this name."""
        return cast("Service | None", self.index.get((Kind.SERVICE, name)))

    def data_source(self, metric: Metric) -> DataSource | None:
        """The data source that a metric refers to."""
        name = metric.source.name if metric.source else ""
        return cast("DataSource | None", self.index.get((Kind.DATA_SOURCE, name)))

    def sli(self, indicator: SLI | Reference | None) -> SLI | None:
        """The SLI itself, inlined or referred to; None if it is not here."""
        found = self._found(Kind.SLI, indicator)
        return cast("SLI | None", found)

    def policies(self, slo: SLO) -> Iterator[AlertPolicy | LeewayPolicy]:
        """The alert policies of an SLO that are here, of either language."""
        for one in slo.alert_policies:
            if (found := self._found(Kind.ALERT_POLICY, one)) is not None:
                yield cast("AlertPolicy | LeewayPolicy", found)

    def conditions(self, policy: AlertPolicy) -> Iterator[AlertCondition]:
        """The conditions of a policy that are here."""
        for one in policy.conditions:
            if (found := self._found(Kind.ALERT_CONDITION, one)) is not None:
                yield cast("AlertCondition", found)

    def targets(self, policy: AlertPolicy) -> Iterator[AlertNotificationTarget]:
        """The notification targets of a policy that are here."""
        for one in policy.targets:
            if (found := self._found(Kind.ALERT_NOTIFICATION_TARGET, one)) is not None:
                yield cast("AlertNotificationTarget", found)

    def recipient(self, name: str) -> Recipient | None:
        """The recipient of exactly this name, to the character."""
        return cast("Recipient | None", self.index.get((Kind.RECIPIENT, name)))

    def typed(self, metric: Metric) -> Metric:
        """The metric with the type of its data source, where it does not say its own."""
        source = self.data_source(metric)
        return metric if metric.type or source is None else replace(metric, type=source.type)

    def _found(self, kind: Kind, one: Document | Reference | None) -> Document | None:
        return self.index.get((kind, one.name)) if isinstance(one, Reference) else one
