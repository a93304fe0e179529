"""What keeps its number: a series as long as its question is the same, an objective as long as its definition is."""

from __future__ import annotations

from leeway.app import pulls, texts
from leeway.engine.catalog import Numbers, library_of, make_catalog
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.state import Revision

SOURCE = """
apiVersion: openslo/v1
kind: DataSource
metadata: {name: here}
spec: {type: prometheus, connectionDetails: {url: "http://localhost:9090"}}
"""
SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: bar}
spec:
  service: bar
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Timeslices
  objectives:
    - displayName: fast
      target: 0.990
      timeSliceTarget: 0.95
      timeSliceWindow: 1m
      op: lte
      value: 2.50
      indicator:
        metadata: {name: seconds}
        spec: {thresholdMetric: {metricSource: {metricSourceRef: here, spec: {query: up, at: 1.50}}}}
    - displayName: greeted
      target: 0.9
      timeSliceTarget: 0.95
      timeSliceWindow: 5m
      indicator:
        metadata: {name: greeted}
        spec:
          ratioMetric:
            counter: true
            good: {metricSource: {type: push, spec: {what: greeted}}}
            total: {metricSource: {type: push, spec: {what: all}}}
"""


STORED = (("DataSource", "here", SOURCE), ("SLO", "bar", SLO))
SERIES = [("bar", "fast", "f7bf61c340b58f35"), ("bar", "greeted", "380fd335431eaafa")]
OBJECTIVES = [("bar", "fast", "e464e13d84ecd98f"), ("bar", "greeted", "6f41be5c5b9b1e65")]


def test_the_same_definitions_have_the_same_identity_in_every_version_of_leeway():
    """Whoever changes how it is made parts every user's SLOs from their data: these digests are the first ones."""
    state = MemoryState()
    stored = tuple(Revision(kind, name, 1, text, 1.0, "x") for kind, name, text in STORED)
    catalog = make_catalog(library_of(stored, texts().read), Numbers(state), 1.0, pulls)
    assert [feed.name for feed in catalog.feeds] == ["bar/fast", "bar/greeted"]
    assert [(slo, name, digest[:16]) for slo, name, digest in state.held.series] == SERIES
    assert [(slo, name, digest[:16]) for slo, name, digest in state.held.objectives] == OBJECTIVES
