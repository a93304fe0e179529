"""Alerts that another tool sent: a CSV, or JSON as Alertmanager writes it to webhooks and answers by its API.

The header of a CSV is `time,slo`, and `objective`, `severity`, `resolved`, `name` if they are known. JSON may be one
document or one on each line; of several that tell of the same alert the last one with an end counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid
from leeway.formats.past.rows import Row, Wrong, parsed, rows, text_of
from leeway.spec.policies import severity_named
from leeway.spec.rows import Refused

COLUMNS = ("objective", "severity", "resolved", "name")
SLO_LABELS = ("slo", "sloth_slo", "slo_name")
"""Labels that say which SLO an alert is of, as Leeway, Pyrra, Sloth and others write them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert that somebody got; `resolved` None if it is not known when it ended."""

    line: int
    at: int
    slo: str
    objective: str
    severity: Severity
    resolved: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Alerts in the order of the file, and what was set aside of it."""

    sent: tuple[Sent, ...]
    refused: tuple[Refused, ...]


def read_pages(data: bytes, file: str, labels: Sequence[str] = SLO_LABELS) -> Pages:
    """All alerts. Of JSON the first of these labels that an alert has says which SLO it is of.

    Raises Invalid for what is no such file at all.
    """
    text = text_of(data, file)
    if text.lstrip()[:1] in ("[", "{"):
        return _from_json(text, file, labels)
    sent, refused = parsed(rows(text, file, ("time", "slo"), COLUMNS), _sent)
    return Pages(tuple(sent), tuple(refused))


def _sent(row: Row) -> Sent:
    at, said = row.time("time"), row.said
    resolved = row.time("resolved") if said.get("resolved") else None
    if resolved is not None and resolved < at:
        raise Wrong("resolved", "it was over before it began")
    if not said.get("slo"):
        raise Wrong("slo", "no SLO is named")
    severity = severity_named(said.get("severity") or Severity.PAGE.value)
    return Sent(row.line, at, said["slo"], said.get("objective", ""), severity, resolved, said.get("name", ""))


def _from_json(text: str, file: str, labels: Sequence[str]) -> Pages:
    found: dict[tuple[int, str, str], Sent] = {}
    refused = list[Refused]()
    for line, alert in _alerts(text, file):
        try:
            one = _alert(line, alert, labels)
        except Wrong as error:
            refused.append(Refused(line, error.why, error.column))
            continue
        key = (one.at, one.slo, json.dumps(alert["labels"], sort_keys=True))
        known = found.get(key)
        found[key] = one if known is None or one.resolved is not None else replace(one, resolved=known.resolved)
    return Pages(tuple(found.values()), tuple(refused))


def _alerts(text: str, file: str) -> Iterator[tuple[int, Any]]:
    """Every alert with the line on which its document begins."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        line = text.count("\n", 0, place) + 1
        try:
            document, place = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError) as error:
            said = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            where = error.lineno if isinstance(error, json.JSONDecodeError) else line
            mend = "give what Alertmanager sent to a webhook, or its answer to /api/v2/alerts"
            raise Invalid(f"this is no JSON: {said}", place=f"{file}:{where}", mend=mend) from error
        if isinstance(document, dict):
            document = document.get("alerts", [document])
        for alert in document if isinstance(document, list) else [document]:
            yield line, alert


def _alert(line: int, alert: Any, labels: Sequence[str]) -> Sent:
    said = alert.get("labels") if isinstance(alert, dict) else None
    if not isinstance(said, dict):
        raise Wrong("labels", "this is no alert: it has no labels")
    slo = next((said[label] for label in labels if isinstance(said.get(label), str) and said[label]), None)
    if slo is None:
        raise Wrong("labels", f"no label says which SLO it is of ({', '.join(labels)})")
    at, end = _moment(alert.get("startsAt")), _moment(alert.get("endsAt"))
    if at is None:
        raise Wrong("startsAt", f"{str(alert.get('startsAt'))[:60]!r} is no time: RFC 3339 with a zone")
    severity = severity_named(str(said.get("severity", Severity.PAGE.value)))
    known = end is not None and end > at and alert.get("status", "resolved") == "resolved"  # else it is a guess
    over = end if known else None
    return Sent(line, at, slo, str(said.get("objective", "")), severity, over, str(said.get("alertname", "")))


def _moment(said: object) -> int | None:
    """Whole seconds; None for Alertmanager's year 1, which means never, and for what is no time."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year <= 1:
        return None
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
