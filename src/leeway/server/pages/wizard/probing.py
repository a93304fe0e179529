"""An address that is probed: what was typed of it becomes the words of a probe, and what a probe refuses its field."""

from __future__ import annotations

from leeway.errors import Invalid, LeewayError
from leeway.net import parse_url
from leeway.server.pages.reading import decimal
from leeway.server.pages.wizard.answers import Answers
from leeway.spec.documents import SLI, Metadata, Metric, Plain, Ratio

HTTP_PROBE = "http_probe"
CALLED = {"url": "site", "latency_ms": "within"}
"""Words of a probe that the form calls otherwise."""

FIELDS = ("site", "status", "contains", "within", "every")


def sli(answers: Answers, name: str, *, once: bool = False) -> SLI:
    """Good requests of all; `once` leaves out how often. Raises Invalid."""
    parse_url(answers.site, "site")
    spec: dict[str, Plain] = {"url": answers.site}
    if answers.status:
        spec["status"] = answers.status
    if answers.contains:
        spec["contains"] = answers.contains
    if answers.within:
        spec["latency_ms"] = _number(answers.within, "within", "write milliseconds, 1 or more, such as 300")
    if answers.every and not once:
        spec["every"] = _number(answers.every, "every", "write seconds, 1 or more, such as 10")
    asked = Metric(spec, type=HTTP_PROBE)
    return SLI(Metadata(f"{name[:59]}-sli"), Ratio(asked, asked, counter=False))


def at_field(error: LeewayError) -> Invalid:
    """What the probe says of its words, beside the field that they stand in; all else is about the address."""
    word = error.place.removeprefix("metricSource.spec.")
    field = CALLED.get(word, word)
    return Invalid(error.message, place=field if field in FIELDS else "site", mend=error.mend)


def _number(text: str, place: str, mend: str) -> Plain:
    number = decimal(text, place, mend)
    if number < 1:
        raise Invalid(f"{text} is too little", place=place, mend=mend)
    return int(number) if number == int(number) else number
