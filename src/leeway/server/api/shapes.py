"""Values of the engine as documents of the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, overload

from leeway.client import documents as docs
from leeway.client import forecasts, silences, sureness
from leeway.core.alerting.silence import Silence
from leeway.core.assess import Assessment
from leeway.core.forecast import LEAST_DAYS, ORIGINS, Band, Until
from leeway.engine.report import as_json
from leeway.engine.views import Certainty, Foreseen, Health, PlannedChange, PlanView, SourceState, Status, Why
from leeway.ports.alerts import Alert
from leeway.ports.decisions import Decision
from leeway.ports.outbox import Delivery
from leeway.ports.points import Collected
from leeway.ports.push import Receipt
from leeway.ports.state import Job, Revision
from leeway.spec.finding import Finding
from leeway.version import VERSION


def assessment(slo: str, value: Assessment) -> docs.Assessment:
    """The contract's document."""
    return docs.Assessment.model_validate(as_json(slo, value))


def source(value: SourceState) -> docs.Source:
    """How a series is fed."""
    return docs.Source.model_validate(_source(value))


def _source(value: SourceState) -> dict[str, Any]:
    return {
        "slo": value.slo,
        "objective": value.objective,
        "source": value.source,
        "kind": value.kind.value,
        "pulled": value.pulled,
        "delay_s": value.delay_s,
        "collected_until": moment(value.collected_until),
        "last_success": moment(value.last_success),
        "last_attempt": moment(value.last_attempt),
        "last_error": value.last_error,
        "failures": value.failures,
    }


def status(value: Status) -> docs.Status:
    """The contract's document and what surrounds it."""
    return docs.Status.model_validate(status_tree(value))


def status_tree(value: Status) -> dict[str, Any]:
    """The same before anybody checked it: what it takes is known, and of a thousand checking takes longer than all."""
    objective = value.assessment.objective
    return as_json(value.slo, value.assessment) | {
        "service": value.service,
        "description": value.about.description,
        "owner": value.about.owner,
        "reviewed": value.about.reviewed,
        "labels": list(value.about.labels),
        "slice_s": objective.slice_s,
        "no_data": objective.no_data.value,
        "born": moment(value.born),
        "filled_ratio": value.filled,
        "data_until": moment(value.data_until),
        "source": _source(value.source),
        "trace": list(value.trace),
    }


def reading(value: Collected) -> docs.Reading:
    """One answer of a source."""
    origin = value.provenance
    return docs.Reading(
        source=origin.source,
        query=origin.query,
        span=span(origin.span.start, origin.span.end),
        step_s=origin.step_s,
        digest=origin.digest,
        fetched_at=_moment(origin.fetched_at),
        computed_by=origin.computed_by.value,
        samples=origin.samples,
        rows=value.rows,
        notes=list(origin.notes),
    )


def why(value: Why) -> docs.Why:
    """Every input of a number."""
    return docs.Why.model_validate(
        {
            "status": status(value.status),
            "lines": [docs.Line(what=one.what, figure=one.figure, reason=one.reason) for one in value.lines],
            "slices": [
                {"state": one.state.name.lower(), "slices": one.slices, "filled": one.filled} for one in value.slices
            ],
            "unknown_spans": [span(start, end) for start, end in value.unknown_spans],
            "readings": [reading(one) for one in value.readings],
            "forecast": None if value.foreseen is None else forecast(value.foreseen),
            "certainty": certainty(value.certainty),
        }
    )


def certainty(value: Certainty) -> sureness.Certainty:
    """How sure it is, and what would be more than chance."""
    chances = [
        {"burn_rate": one.pair.factor, "long_s": one.pair.long_s, "short_s": one.pair.short_s, **asdict(one.told)}
        for one in value.chances
    ]
    interval = None if value.interval is None else asdict(value.interval)
    guard = value.guard
    false = None if guard is None else {"expected": guard.expected, "days": guard.days, "proven": guard.rho == 0}
    return sureness.Certainty.model_validate(
        {
            "interval_adjusted": interval,
            "rho": value.rho,
            "events": value.events,
            "chances": chances,
            "false_pages": false,
        }
    )


def forecast(value: Foreseen) -> forecasts.Forecast:
    """What will become of a budget; seconds become times, and none lies beyond the horizon."""
    one = value.forecast

    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else _moment(min(value.at + seconds, value.until))

    def band(of: Band | None) -> forecasts.Band | None:
        return None if of is None else forecasts.Band(low=of.low, high=of.high)

    def gone(of: Until | None) -> forecasts.Gone | None:
        return None if of is None else forecasts.Gone(earliest=at(of.earliest_s), latest=at(of.latest_s))

    return forecasts.Forecast(
        made_at=_moment(value.at),
        until=_moment(value.until),
        method=one.method.value,
        spent=one.spent,
        point=one.point,
        exhausted_at=at(one.exhausted_s),
        band80=band(one.band80),
        band95=band(one.band95),
        gone80=gone(one.until80),
        gone95=gone(one.until95),
        chance=one.chance,
        coverage=None if one.coverage is None else forecasts.Coverage(**asdict(one.coverage)),
        linear=one.linear,
        linear_exhausted_at=at(one.linear_s),
        lack=None if one.lack is None else one.lack.value,
        origins=one.origins,
        independent=one.independent,
        origins_needed=ORIGINS,
        days_needed=LEAST_DAYS,
    )


def revision(value: Revision) -> docs.Revision:
    """One version of a definition."""
    return docs.Revision(
        kind=value.kind, name=value.name, number=value.number, body=value.body, at=_moment(value.at), by=value.by
    )


def plan(value: PlanView) -> docs.Plan:
    """What would happen, or did."""
    return docs.Plan(
        changes=[_change(one) for one in value.changes],
        findings=[_finding(one) for one in value.findings],
        refused=value.refused,
        changed=value.changed,
        crowds=[docs.Crowd(recipient=one.recipient, people=one.people, agreed=one.agreed) for one in value.crowds],
    )


def receipt(value: Receipt) -> docs.Receipt:
    """What became of a push."""
    return docs.Receipt(
        accepted=value.accepted,
        repeated=value.repeated,
        quarantined=dict(value.quarantined),
        refusals=[docs.Refusal(row=one.row, reason=one.reason, message=one.message) for one in value.refusals],
        seq=value.seq,
    )


def job(value: Job) -> docs.Job:
    """How far it is."""
    return docs.Job(
        id=value.id,
        kind=value.kind,
        subject=value.subject,
        state=value.state.value,
        done=value.done,
        all=value.all,
        note=value.note,
        at=_moment(value.at),
    )


def health(value: Health, now: float) -> docs.Health:
    """Is Leeway itself well?"""
    return docs.Health(
        ready=value.ready,
        reasons=list(value.reasons),
        version=VERSION,
        time=_moment(now),
        evaluated_at=moment(value.evaluated_at),
        head=_moment(value.head),
        objectives=value.objectives,
        series=value.series,
        ledger_bytes=value.ledger_bytes,
        accepted=value.accepted,
        quarantined=dict(value.quarantined),
    )


def alert(value: Alert, decided: Decision | None = None) -> docs.Alert:
    """One alert, and the newest decision about it."""
    return docs.Alert(
        key=value.key,
        slo=value.slo,
        objective=value.objective,
        policy=value.policy,
        condition=value.condition,
        severity=value.severity.value,
        fired_at=_moment(value.fired_at),
        resolved_at=moment(value.resolved_at),
        sent_at=moment(value.sent_at),
        suppressed_by=value.suppressed_by.value if value.suppressed_by else None,
        acknowledged_at=moment(value.acknowledged_at),
        acknowledged_by=value.acknowledged_by,
        consumed_ratio=value.consumed_ratio,
        reasons=list(value.reasons),
        decided=decided.words if decided else "",
    )


def decision(value: Decision) -> silences.Decision:
    """Sent, or kept and why."""
    return silences.Decision(
        at=_moment(value.at),
        decision=value.verdict.value,
        reason=value.reason.value if value.reason else None,
        words=value.words,
    )


def silence(value: Silence, now: float) -> silences.Silence:
    """One silence, and where it stands."""
    scope = value.scope
    return silences.Silence(
        number=value.number or None,
        state="planned" if now < value.starts_at < value.ends_at else "in force" if value.holds(now) else "over",
        slo=scope.slo,
        service=scope.service,
        policy=scope.policy,
        labels=[f"{key}={label}" for key, label in scope.labels],
        starts_at=_moment(value.starts_at),
        ends_at=_moment(value.ends_at),
        by=value.who,
        why=value.why,
        ended_by=value.ended_by,
    )


def delivery(value: Delivery) -> docs.Delivery:
    """How one message fares."""
    return docs.Delivery(
        number=value.number,
        recipient=value.recipient,
        role=value.role.value,
        together=value.together,
        event=value.event,
        title=value.title,
        due_at=_moment(value.due_at),
        attempts=value.attempts,
        sent_at=moment(value.sent_at),
        reference=value.reference,
        error=value.error,
        notes=list(value.notes),
    )


@overload
def moment(time: float) -> datetime: ...


@overload
def moment(time: float | None) -> datetime | None: ...


def moment(time: float | None) -> datetime | None:
    """Epoch seconds as a time in UTC, to the millisecond."""
    return None if time is None else _moment(time)


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(round(time, 3), UTC)


def span(start: int, end: int) -> docs.Span:
    """Half-open."""
    return docs.Span(start=_moment(start), end=_moment(end))


def _change(value: PlannedChange) -> docs.Change:
    return docs.Change(
        kind=value.kind,
        name=value.name,
        action=value.action.value,
        expected=value.expected,
        before=value.before,
        after=value.after,
        effects=list(value.effects),
    )


def _finding(value: Finding) -> docs.Finding:
    return docs.Finding(
        file=value.file,
        line=value.mark.line,
        column=value.mark.column,
        path=value.path,
        code=value.code,
        severity=value.severity.value,
        message=value.message,
        hint=value.hint,
    )
