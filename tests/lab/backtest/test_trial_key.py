"""A trial of histograms is known by them: other buckets are another trial, though no number beside them differs."""

from __future__ import annotations

import io

from leeway.cli.definitions import read_library
from leeway.engine.offline import cases_of
from leeway.formats.points import read_csv
from leeway.lab.backtest.trial import Trial
from leeway.spec.plan import compile_all

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: search}
spec:
  service: shop
  indicator:
    metadata: {name: seconds}
    spec: {thresholdMetric: {metricSource: {type: csv, spec: {q: seconds}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: quick, op: lte, value: 0.3, target: 0.9}]
"""


def key(tmp_path, histogram):
    (tmp_path / "slo.yaml").write_text(SLO)
    library = read_library((str(tmp_path / "slo.yaml"),))
    table = read_csv(io.BytesIO(f"time,slo,histogram\n60,search,{histogram}\n".encode()), "points.csv")
    (case,) = cases_of(compile_all(library.slos, library), table, 60)
    return Trial(case, {}, 120, 60).key


def test_other_buckets_are_another_trial(tmp_path):
    """What an earlier run has done is taken over for the same histograms alone."""
    assert key(tmp_path, "0.3:7 +Inf:9") == key(tmp_path, "0.3:7 +Inf:9")
    assert len({key(tmp_path, each) for each in ("0.3:7 +Inf:9", "0.3:8 +Inf:9", "0.4:7 +Inf:9")}) == 3
