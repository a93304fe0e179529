"""`leeway check`: a gate for pipelines: may this be released?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, server_option

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Status

VERDICTS = {"pass": ("✓", "green"), "fail": ("✕", "red"), "unknown": ("?", "yellow")}


@dataclass(frozen=True, slots=True)
class Gate:
    """What an objective has to hold. Comparisons are exact: what is at a limit has not crossed it."""

    min_remaining: float
    max_burn: tuple[tuple[str, float], ...]
    min_coverage: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`verdict` is pass, fail or unknown; `reasons` say why it is not pass."""

    slo: str
    objective: str
    verdict: str
    reasons: list[str]


class _Share(click.ParamType[float]):
    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*(%?)\s*", str(value))
        if found is None:
            self.fail(f"{value!r} is no share; write 20% or 0.2", param, ctx)
        return float(found[1]) / (100 if found[2] else 1)


class _Burn(click.ParamType[tuple[str, float]]):
    name = "span:rate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        found = re.fullmatch(r"(5m|30m|1h|2h|6h|1d|3d):(\d+(?:\.\d+)?)", str(value))
        if found is None:
            self.fail(f"{value!r} is no limit; write a span of 5m, 30m, 1h, 2h, 6h, 1d, 3d, as in 1h:14.4", param, ctx)
        return found[1], float(found[2])


@click.command("check")
@click.argument("slos", nargs=-1, metavar="[SLO]…")
@click.option("--min-remaining", type=_Share(), default="0%", show_default=True, help="Fail with less budget left.")
@click.option("--max-burn", type=_Burn(), multiple=True, help="Fail above this burn rate, as in 1h:6; can be repeated.")
@click.option("--min-coverage", type=_Share(), default="0%", show_default=True, help="Unknown with less data than so.")
@output_option("text", "json")
@server_option
def command(
    slos: tuple[str, ...],
    min_remaining: float,
    max_burn: tuple[tuple[str, float], ...],
    min_coverage: float,
    output: str,
    server: str,
) -> int:
    """Let a pipeline pass only while there is error budget: exit code 0, 3 if a gate failed, 4 if nobody can tell.

    Without names every SLO is checked. An SLO without data does not pass: that is exit code 4. An exhausted budget
    fails, unless --min-remaining is below zero.
    """
    gate = Gate(min_remaining, max_burn, min_coverage)

    async def statuses(client: Client) -> list[Status]:
        if not slos:
            return await client.statuses()
        return [one for slo in slos for one in await client.status(slo)]

    verdicts = [judge(one, gate) for one in ask(server, statuses)]
    found = {one.verdict for one in verdicts}
    if output == "json":
        write_json([asdict(one) for one in verdicts])
    else:
        for line in _lines(verdicts):
            click.echo(line)
    if "fail" in found:
        return Exit.FINDINGS
    return Exit.CANNOT_DECIDE if "unknown" in found or not found else Exit.FINE


def judge(one: Status, gate: Gate) -> Verdict:
    """What is broken outweighs what is not known."""
    from leeway.client import figures

    broken, unknown = [], []
    left = one.budget.remaining_ratio
    if one.state == "no_data":
        unknown.append("no data in the window")
    elif short := _short(left, gate, spent=one.budget.remaining <= 0):
        most = _most_left(one)
        if most is None or _short(most, gate, spent=most <= 0):
            broken.append(short)
        else:
            unknown.append(f"{short}, or {figures.rough(most)}: the threshold lies inside a bucket")
    for span, limit in gate.max_burn if one.state != "no_data" else ():
        rate = one.burn_rates.get(span)
        if rate is None:
            unknown.append(f"nothing counted in the last {span}")
        elif rate > limit:
            broken.append(f"burn rate of the last {span} is {figures.burn(rate)}, allowed {limit:g}×")
    if one.state != "no_data" and (one.coverage is None or one.coverage < gate.min_coverage):
        unknown.append(f"coverage is {figures.covered(one.coverage)}, wanted {figures.covered(gate.min_coverage)}")
    verdict = "fail" if broken else "unknown" if unknown else "pass"
    return Verdict(one.slo, one.objective, verdict, broken + unknown)


def _short(left: float | None, gate: Gate, *, spent: bool) -> str:
    """Why so much of the budget is too little, "" if it is enough."""
    from leeway.client import figures

    if spent and gate.min_remaining >= 0:
        return f"the budget is spent: {figures.rough(left)} left"
    if left is not None and left < gate.min_remaining:
        return f"{figures.rough(left)} of the budget left, wanted {figures.rough(gate.min_remaining)}"
    return ""


def _most_left(one: Status) -> float | None:
    """The most that may be left of the budget; None where it is known."""
    if one.bounds is None or one.bounds.consumed_ratio is None:
        return None
    return 1 - one.bounds.consumed_ratio[0]


def _lines(verdicts: list[Verdict]) -> Iterator[str]:
    if not verdicts:
        yield "? no SLO is defined, so there is nothing to check"
    for one in verdicts:
        icon, colour = VERDICTS[one.verdict]
        name = one.slo if sum(each.slo == one.slo for each in verdicts) == 1 else f"{one.slo} / {one.objective}"
        yield f"{click.style(icon, fg=colour, bold=True)} {name}" + (
            f": {'; '.join(one.reasons)}" if one.reasons else ""
        )
