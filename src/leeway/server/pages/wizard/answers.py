"""What somebody has told the wizard so far, as typed: it is in the address of every step, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from leeway.errors import Invalid

STEPS = (
    ("source", "Source"),
    ("data", "Data"),
    ("sli", "SLI"),
    ("target", "Target"),
    ("alerts", "Alerts"),
    ("name", "Name"),
    ("review", "Review"),
)
"""In their order, with what they are called."""

LONGEST = 2_000
"""Characters of one answer; all of them together have to fit an address."""

PASSING = frozenset({"step", "place", "was", "by", "refresh"})
"""What a form says of itself, and no answer."""


class Answers(BaseModel):
    """Every field is text that has still to be read. `way` is known, prometheus, file, probe or push; `past` a key of
    Pasts.

    `place` is where the slider of targets stands, and `was` where the page had put it.
    """

    model_config = ConfigDict(frozen=True)

    step: str = "source"
    by: str = ""
    refresh: str = "on"
    place: str = ""
    was: str = ""
    way: str = ""
    source: str = ""
    url: str = ""
    token: str = ""
    called: str = ""
    site: str = ""
    status: str = ""
    contains: str = ""
    within: str = ""
    every: str = ""
    good: str = ""
    bad: str = ""
    total: str = ""
    value: str = ""
    counter: str = "yes"
    back: str = "30d"
    past: str = ""
    series: str = ""
    pushes: str = "events"
    op: str = "lte"
    threshold: str = ""
    method: str = "Occurrences"
    slice: str = "1m"
    slice_target: str = "95"
    window: str = "28d"
    zone: str = "UTC"
    target: str = ""
    tell: list[str] = Field(default=[])
    slo: str = ""
    title: str = ""
    service: str = ""
    owner: str = ""
    in_project: str = ""
    about: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def _lines(cls, told: object) -> object:
        """Browsers end lines otherwise than files do."""
        return told.replace("\r\n", "\n") if isinstance(told, str) else told

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Answers:
        """Those of a form; what is no answer is left out."""
        told, names = dict[str, str](), list[str]()
        for name, text in pairs:
            if name == "tell":
                names.append(text)
            elif name in cls.model_fields:
                told[name] = text
        return cls.model_validate({**told, "tell": names})

    def ensure_short(self) -> None:
        """Raises Invalid for an answer that no address can carry."""
        for name, text in self.told():
            if len(text) > LONGEST:
                mend = "shorten it, or write the SLO as YAML"
                raise Invalid(f"{len(text):,} characters; it may be {LONGEST:,} long", place=name, mend=mend)

    def told(self) -> Iterator[tuple[str, str]]:
        """Answers that say something else than at first."""
        for name, field in type(self).model_fields.items():
            if name == "tell":
                yield from (("tell", one) for one in self.tell)
            elif name not in PASSING and (text := getattr(self, name)) != field.default:
                yield name, text

    def address(self, step: str, **changed: str) -> str:
        """The page of a step with all that was told, and some of it changed."""
        pairs = [pair for pair in self.told() if pair[0] not in changed]
        return f"/new?{urlencode([('step', step), *pairs, *((name, text) for name, text in changed.items() if text)])}"

    def others(self, *shown: str) -> list[tuple[str, str]]:
        """What a form has to carry along besides the fields that it shows."""
        return [pair for pair in self.told() if pair[0] not in shown]
