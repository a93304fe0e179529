"""What pages draw of an objective's past, worked out when somebody asks."""

from leeway.engine.charts.annotations import Annotations
from leeway.engine.charts.chart import Chart, Left, Threshold
from leeway.engine.charts.charts import Charts
from leeway.engine.charts.curves import Curves, Wanted
from leeway.engine.charts.data import Data
from leeway.engine.charts.fleet import Spans, Spent
from leeway.engine.charts.ledger import Burnt, Ledger
from leeway.engine.charts.metrics import METRICS
from leeway.engine.charts.over import Over
from leeway.engine.charts.targets import Tried, WhatIf

__all__ = [
    "METRICS",
    "Annotations",
    "Burnt",
    "Chart",
    "Charts",
    "Curves",
    "Data",
    "Ledger",
    "Left",
    "Over",
    "Spans",
    "Spent",
    "Threshold",
    "Tried",
    "Wanted",
    "WhatIf",
]
