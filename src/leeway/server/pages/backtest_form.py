"""The form of a backtest: its fields are named as the API names what it is asked for, so faults find them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from leeway.client.backtests import BacktestWish, TriedBurn
from leeway.core.alerting.policy import Burn
from leeway.errors import Invalid, LeewayError
from leeway.spec.policies import Watch
from leeway.spec.quantity import share_of

TRIES, BURNS = 2, 4
"""So many the form has; the API takes more."""

OWN, AS_DEFINED, NONE = "own", "as-defined", "none"
"""What stands in the place of a policy's name: the burn rates below, what is defined, or that it is not tried."""

SPANS = (("7", "7 days"), ("28", "28 days"), ("90", "90 days"), ("400", "400 days"))
DAY_S = 86_400
_BURN = re.compile(r"tries\[(\d)\]\.burns\[(\d)\]")
_FIELDS = ("severity", "burn_rate", "long", "short")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, by field."""

    typed: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        """One field."""
        return self.typed.get(name, default)

    def tries(self) -> list[int]:
        """Those that are not left out."""
        return [place for place in range(TRIES) if self.get(f"tries[{place}].policy", NONE) != NONE]

    def rows(self, place: int) -> list[int]:
        """The rows of burn rates of a try that hold anything."""
        if self.get(f"tries[{place}].policy") != OWN:
            return []
        return [
            row for row in range(BURNS) if any(self.get(f"tries[{place}].burns[{row}].{one}") for one in _FIELDS[1:])
        ]

    def placed(self, error: LeewayError) -> LeewayError:
        """The error at the field as the form counts: what is left blank is not sent."""

        def field(found: re.Match[str]) -> str:
            place = self.tries()[int(found[1])]
            return f"tries[{place}].burns[{self.rows(place)[int(found[2])]}]"

        if _BURN.match(error.place):
            error.place = _BURN.sub(field, error.place)
        elif found := re.match(r"tries\[(\d)\]", error.place):
            error.place = f"tries[{self.tries()[int(found[1])]}]{error.place[found.end() :]}"
        return error


def blank(objective: str, burns: Sequence[TriedBurn], policy: str) -> Form:
    """The form before anything is typed: the burn rates that are in force, to be edited; or a policy by name."""
    given = {"objective": objective, "days": "28", "zone": "UTC"}
    given |= {"tries[0].name": "first-try", "tries[1].name": "second-try", "tries[1].policy": NONE}
    return Form(
        given | {"tries[0].policy": policy or (OWN if burns else "default")} | _burns(0, burns) | _burns(1, burns)
    )


def filled(wish: BacktestWish) -> Form:
    """The form as it was sent."""
    given = {"objective": wish.objective or "", "zone": wish.zone, "tries[0].policy": NONE, "tries[1].policy": NONE}
    for name, time in (("start", wish.start), ("end", wish.end)):
        given[name] = time.strftime("%Y-%m-%dT%H:%M") if time else ""
    for place, one in enumerate(wish.tries[:TRIES]):
        given |= {
            f"tries[{place}].name": one.name,
            f"tries[{place}].policy": one.policy or (OWN if one.burns else AS_DEFINED),
            f"tries[{place}].target": "" if one.target is None else str(one.target),
        }
        given |= _burns(place, one.burns)
    return Form(given)


def burns_of(watches: Iterable[Watch]) -> tuple[TriedBurn, ...]:
    """The burn rates that are in force, as far as the form has place for them."""
    found = [
        TriedBurn(
            severity=watch.policy.severity.value,
            burn_rate=float(one.threshold),
            long=_length(one.long_s),
            short=None if one.short_s is None else _length(one.short_s),
        )
        for watch in watches
        for group in watch.policy.groups
        for one in group
        if isinstance(one, Burn) and one.threshold > 0
    ]
    return tuple(found[:BURNS])


def wish_from(form: Form, now: float) -> BacktestWish:
    """What the API would be asked. Raises Invalid at the field that cannot be read."""
    tree: dict[str, object] = {
        "tries": [_try(form, place) for place in form.tries()],
        "zone": form.get("zone") or "UTC",
    }
    if form.get("objective"):
        tree["objective"] = form.get("objective")
    days = form.get("days")
    if not form.get("start") and days in dict(SPANS):
        tree["start"] = now - int(days) * DAY_S
    for name in ("start", "end"):
        if text := form.get(name):
            tree[name] = text if re.search(r"(Z|[+-]\d\d:\d\d)$", text) else f"{text}Z"
    try:
        return BacktestWish.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        message = first["msg"].removeprefix("Value error, ")
        raise Invalid(message[:1].lower() + message[1:], place=place) from error


def _try(form: Form, place: int) -> dict[str, object]:
    at = f"tries[{place}]"
    found: dict[str, object] = {"name": form.get(f"{at}.name")}
    policy = form.get(f"{at}.policy")
    if policy == OWN:
        burns = [
            {name: text for name in _FIELDS if (text := form.get(f"{at}.burns[{row}].{name}"))}
            for row in form.rows(place)
        ]
        if not burns:
            raise Invalid(
                "it has no burn rate", place=f"tries[{form.tries().index(place)}].policy", mend="fill in a row"
            )
        found["burns"] = burns
    elif policy != AS_DEFINED:
        found["policy"] = policy
    if target := form.get(f"{at}.target"):
        share = share_of(target)
        found["target"] = target if share is None else float(share)
    return found


def _burns(place: int, burns: Sequence[TriedBurn]) -> dict[str, str]:
    return {
        f"tries[{place}].burns[{row}].{name}": text
        for row, one in enumerate(burns)
        for name, text in (
            ("severity", one.severity),
            ("burn_rate", f"{one.burn_rate:.6g}"),
            ("long", one.long),
            ("short", one.short or ""),
        )
    }


def _length(length_s: int) -> str:
    size, unit = next(each for each in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")) if length_s % each[0] == 0)
    return f"{length_s // size}{unit}"
