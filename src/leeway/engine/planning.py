"""What applying would change, and what that means for data and budgets. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from leeway.engine.catalog import CheckSource, ReadDocuments, library_of, unaskable
from leeway.engine.crowds import crowds
from leeway.engine.views import Action, Crowd, PlannedChange, PlanView, SourceText
from leeway.errors import Conflict, Invalid, LeewayError
from leeway.ports.state import Revision
from leeway.spec.documents import SLI, SLO, DataSource, Document, Kind, Recipient, kind_of
from leeway.spec.finding import Finding, Severity
from leeway.spec.library import Library
from leeway.spec.people import who
from leeway.spec.plan import Plan, compile_slo
from leeway.spec.policies import untold
from leeway.spec.projects import project_of

CheckRecipient = Callable[[Recipient], object]
"""Raises if a recipient's channel cannot be built from its settings, or counts more people than the recipient declares;
asks nothing of the world."""

ORDER = (
    Kind.SERVICE,
    Kind.DATA_SOURCE,
    Kind.SLI,
    Kind.ALERT_CONDITION,
    Kind.ALERT_NOTIFICATION_TARGET,
    Kind.RECIPIENT,
    Kind.ALERT_POLICY,
    Kind.SLO,
)


@dataclass(frozen=True, slots=True)
class Texts:
    """How the format of definitions is read, written and judged; handed in by the composition root.

    `judge` reads files into documents and says everything that is wrong or unwise, given the documents that stand
    already; `serious` are the codes of advice that must not be applied. `keep` is told, as (text, name), which texts
    are stored now: those may be read again, all others are of no use any more.
    """

    read: ReadDocuments
    write: Callable[[Document], str]
    judge: Callable[[tuple[SourceText, ...], Library], tuple[tuple[Document, ...], tuple[Finding, ...]]]
    serious: frozenset[str]
    keep: Callable[[Iterable[tuple[str, str]]], None]

    def refuses(self, finding: Finding) -> bool:
        """True if nothing may be applied while this is so."""
        return finding.severity is Severity.ERROR or finding.code in self.serious


def make_plan(
    current: tuple[Revision, ...],
    files: tuple[SourceText, ...],
    texts: Texts,
    check: CheckSource,
    reach: CheckRecipient,
    *,
    prune: bool,
    agreed: Mapping[str, int] = MappingProxyType({}),
) -> PlanView:
    """The changes that make the stored documents equal to the files; with `prune`, others are deleted.

    `agreed` is how many people each recipient may reach. Raises Invalid if an SLO, of the files or stored, could be
    computed no more, or its source could not be asked, or if the files let people be told whom nobody counted.
    """
    stored = library_of(current, texts.read)
    documents, findings = texts.judge(files, stored)
    refused = any(texts.refuses(one) for one in findings)
    revisions = {(revision.kind, revision.name): revision for revision in current}
    wanted = {(str(kind_of(document)), document.metadata.name): document for document in documents}
    after = Library.of(
        [
            *documents,
            *(one for one in stored.documents if not prune and (str(kind_of(one)), one.metadata.name) not in wanted),
        ]
    )
    found: tuple[Crowd, ...] = ()
    if not refused:
        ensure_sound(stored, after, check, reach)
        found = crowds(documents, stored, after, agreed)
    changes = [_change(document, revisions, stored, after, texts) for document in documents]
    if prune:
        changes += [
            _deleted(revision) for name, revision in sorted(revisions.items()) if name not in wanted and revision.body
        ]
    return PlanView(tuple(sorted(changes, key=_place)), findings, refused, found)


def ensure_agreed(plan: PlanView, texts: Texts, expected: tuple[tuple[str, str, int], ...] | None) -> None:
    """Raises Invalid if the plan is refused, Conflict if it is not the one of the `expected` (kind, name, revision)."""
    if plan.refused:
        first = next(one for one in plan.findings if texts.refuses(one))
        place = f"{first.file}:{first.mark.line}:{first.mark.column}"
        raise Invalid(first.message, place=place, mend=first.hint or "run `leeway lint` for all of it")
    if expected is not None and set(expected) != {(one.kind, one.name, one.expected) for one in plan.changes}:
        raise Conflict("the definitions changed since they were planned", mend="plan again and look once more")


def ensure_sound(before: Library, after: Library, check: CheckSource, reach: CheckRecipient) -> None:
    """Raises Invalid for the first SLO that a change leaves without an answer, unless it had none before.

    Such an SLO cannot be computed, its source cannot be built from its settings, or never understands its questions.
    Also raises if a change takes away what an alert needs to be judged, or those who are told of it, and for a new or
    changed recipient whose channel cannot be built from its settings, or counts more people than it declares.
    """
    if lost := sorted(untold(after) - untold(before)):
        raise Invalid(f"{lost[0]}, which is not there any more", mend="change that first, or apply both together")
    known = set(map(id, before.documents))
    for one in after.documents:
        if isinstance(one, Recipient) and id(one) not in known and before.recipient(one.metadata.name) != one:
            reach(one)
    same = known if _measured_by(before) == _measured_by(after) else set()
    stood = {slo.metadata.name: slo for slo in before.slos}
    for slo in after.slos:
        if id(slo) in same or (error := unaskable(slo, after, check)) is None:
            continue
        old = stood.get(slo.metadata.name)
        if old is None or str(unaskable(old, before, check)) != str(error):
            raise error


def _measured_by(library: Library) -> set[int]:
    """The very documents that SLOs may refer to for their data."""
    return {id(one) for one in library.documents if isinstance(one, (SLI, DataSource))}


def _change(
    document: Document,
    revisions: dict[tuple[str, str], Revision],
    stored: Library,
    after: Library,
    texts: Texts,
) -> PlannedChange:
    kind, name = kind_of(document), document.metadata.name
    text = texts.write(document)
    known = revisions.get((str(kind), name))
    before = known.body if known else None
    action = Action.CREATE if before is None else Action.KEEP if before == text else Action.UPDATE
    effects = () if action is Action.KEEP else _effects(document, stored, after)
    number, project = known.number if known else 0, project_of(document.metadata)
    return PlannedChange(kind, name, action, number, before, text, effects, project)


def _deleted(revision: Revision) -> PlannedChange:
    effects = ("its budget is computed no more; its points are kept",) if revision.kind == Kind.SLO else ()
    return PlannedChange(revision.kind, revision.name, Action.DELETE, revision.number, revision.body, None, effects)


def _effects(document: Document, stored: Library, after: Library) -> tuple[str, ...]:
    """What changing it means, in sentences: for data and budgets, or for how many people."""
    return _effects_on_data(document, stored, after) if isinstance(document, SLO) else tuple(who(document, after))


def _effects_on_data(slo: SLO, stored: Library, after: Library) -> tuple[str, ...]:
    old = stored.index.get((Kind.SLO, slo.metadata.name))
    new_plan, old_plan = _plan(slo, after), _plan(old, stored)
    if new_plan is None:
        return ()
    if old_plan is None:
        count = len(new_plan.items)
        return (
            f"a new SLO with {count} objective{'' if count == 1 else 's'}: its history begins with its first point",
        )
    said = []
    if [item.indicator for item in new_plan.items] != [item.indicator for item in old_plan.items]:
        said.append("its SLI changes: new data is kept apart from the old; `leeway replay` can fetch the past anew")
    if [item.objective for item in new_plan.items] != [item.objective for item in old_plan.items]:
        said.append("its objectives change: budgets are computed anew from the points that are stored")
    return tuple(said)


def _plan(slo: Document | None, library: Library) -> Plan | None:
    if not isinstance(slo, SLO):
        return None
    try:
        return compile_slo(slo, library)
    except LeewayError:
        return None  # the findings say so with its place


def _place(change: PlannedChange) -> tuple[int, str]:
    kinds: Iterable[str] = [str(kind) for kind in ORDER]
    return list(kinds).index(change.kind), change.name
