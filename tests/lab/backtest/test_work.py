"""Trials on several cores, and trials that an earlier run has done."""

from __future__ import annotations

import json

import pytest

from leeway.cli.definitions import read_library
from leeway.errors import Invalid
from leeway.formats.points import read_csv
from leeway.lab.backtest import run, work
from leeway.lab.backtest.journal import HEAD, Journal
from leeway.lab.backtest.trial import Trial
from leeway.lab.backtest.work import Work
from leeway.spec.plan import compile_all

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: shop
  indicator:
    metadata: {{name: of-{name}}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: csv, spec: {{q: g}}}}}}
        total: {{metricSource: {{type: csv, spec: {{q: t}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: 0.999}}]
"""
MINUTES, BROKEN = 2 * 1_440, (1_440, 1_460)


@pytest.fixture
def past(tmp_path):
    """Four services, each broken for twenty minutes: definitions, plans and table."""
    names = ["bar", "shop", "search", "login"]
    file = tmp_path / "slo.yaml"
    file.write_text("---".join(SLO.format(name=name) for name in names))
    lines = [
        f"{minute * 60},{name},{0 if BROKEN[0] <= minute < BROKEN[1] else 999},1000\n"
        for name in names
        for minute in range(MINUTES)
    ]
    points = tmp_path / "points.csv"
    points.write_text("time,slo,good,total\n" + "".join(lines))
    library = read_library((str(file),))
    with points.open("rb") as stream:
        table = read_csv(stream, "points.csv")
    return compile_all(library.slos, library), library, table


@pytest.fixture
def ran(monkeypatch):
    """The SLOs whose trial was really run, in this process."""
    found, honest = [], Trial.run

    def run_and_tell(trial):
        found.append(trial.case.slo)
        return honest(trial)

    monkeypatch.setattr(Trial, "run", run_and_tell)
    return found


def test_several_processes_find_what_one_finds(past, monkeypatch):
    """To the letter; progress is told up to the end."""
    told = []
    alone = run(*past, step_s=60)
    monkeypatch.setattr(work, "LEAST_ROWS", 1)
    together = run(*past, step_s=60, work=Work(jobs=2, tell=lambda done, of: told.append((done, of))))
    assert together.as_json() == alone.as_json()
    assert alone.as_json()["summary"]["pages"] == 4
    assert told == [(done, 4) for done in range(5)]


def test_a_second_run_does_nothing_again(past, tmp_path, ran):
    """All four are in the journal, and the answer is the same."""
    first = run(*past, step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    ran.clear()
    second = run(*past, step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    assert (ran, second.as_json()) == ([], first.as_json())


def test_after_a_kill_only_the_rest_is_done(past, tmp_path, ran):
    """Two lines are whole, the third is torn: it and the fourth are run."""
    journal = tmp_path / "j"
    whole = run(*past, step_s=60, work=Work(journal=Journal(journal)))
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:3]) + lines[3][:100])
    ran.clear()
    again = run(*past, step_s=60, work=Work(journal=Journal(journal)))
    assert (ran, again.as_json()) == (["search", "login"], whole.as_json())
    assert len(Journal(journal)._known) == 4, "and what was torn harms nobody later"


def test_a_changed_target_is_another_trial(past, tmp_path, ran):
    """Nothing is taken from the journal that does not fit to the last digit."""
    run(*past, step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    file = tmp_path / "slo.yaml"
    file.write_text(file.read_text().replace("0.999", "0.9991", 1))
    library = read_library((str(file),))
    ran.clear()
    run(compile_all(library.slos, library), library, past[2], step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    assert ran == ["bar"]


def test_changed_rows_are_another_trial(past, tmp_path, ran):
    """One event more in one minute of one service."""
    plans, library, table = past
    run(*past, step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    ran.clear()
    place = table.rows(1).start
    table.good[place] += 1
    run(plans, library, table, step_s=60, work=Work(journal=Journal(tmp_path / "j")))
    assert ran == [table.owners[1].slo]


def test_another_file_is_no_journal_and_is_left_alone(tmp_path):
    """Somebody named their CSV."""
    file = tmp_path / "points.csv"
    file.write_text("time,slo\n")
    with pytest.raises(Invalid, match="no journal"):
        Journal(file)
    assert file.read_text() == "time,slo\n"


def test_lines_of_strangers_in_a_journal_are_not_believed(past, tmp_path, ran):
    """Valid JSON that says something else, and a key with nothing behind it."""
    journal = tmp_path / "j"
    journal.write_text(HEAD + json.dumps({"key": "x", "outcome": {"born": "soon"}}) + "\n[]\n\n")
    run(*past, step_s=60, work=Work(journal=Journal(journal)))
    assert len(ran) == 4
