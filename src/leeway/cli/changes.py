"""What applying would do, on paper: which documents, what it means, which lines change."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

import click

from leeway.client.documents import Change, Finding, Plan

SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def show_findings(findings: Sequence[Finding]) -> None:
    """On standard error: they are no part of the plan."""
    for one in findings:
        severity = click.style(one.severity, fg=COLOURS[one.severity], bold=True)
        click.echo(f"{one.file}:{one.line}:{one.column}: {severity}: {one.message} [{one.code}]", err=True)
        if one.hint:
            click.echo(f"  → {one.hint}", err=True)


def show_plan(plan: Plan, *, diffs: bool) -> None:
    """Each change with its effects, and the lines of those that exist already."""
    for change in plan.changes:
        if change.action == "keep":
            continue
        sign, colour = SIGNS[change.action]
        click.echo(click.style(f"{sign} {change.kind} {change.name}", fg=colour, bold=True))
        for effect in change.effects:
            click.echo(f"    {effect}")
        if diffs and change.action == "update":
            for line in diff(change):
                click.echo(f"    {line}")
    click.echo(_summary(plan))
    for one in plan.crowds:
        if not one.agreed:
            reaches = click.style(f"Recipient {one.recipient} reaches {one.people:,} people", fg="red", bold=True)
            click.echo(f"{reaches}: it is applied only with --people {one.recipient}={one.people}")


def diff(change: Change) -> Iterator[str]:
    """The lines that change, with three of what surrounds them."""
    before, after = (change.before or "").splitlines(), (change.after or "").splitlines()
    stored = f"stored {change.kind}/{change.name}" if change.before is not None else "nothing"
    wanted = f"wanted {change.kind}/{change.name}" if change.after is not None else "nothing"
    for line in difflib.unified_diff(before, after, stored, wanted, lineterm=""):
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        yield click.style(line, fg=colour, bold=line.startswith(("+++", "---")))


def _summary(plan: Plan) -> str:
    counted = [(action, sum(change.action == action for change in plan.changes)) for action in (*SIGNS, "keep")]
    words = {"create": "to create", "update": "to change", "delete": "to delete", "keep": "as they are"}
    said = ", ".join(f"{number} {words[action]}" for action, number in counted if number)
    return f"Definitions: {said or 'none in these files'}."
