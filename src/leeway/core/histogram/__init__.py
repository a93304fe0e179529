"""Histograms of one slice of time, kept whole: counted at any threshold with bounds, added up without loss."""

from leeway.core.histogram.classic import Classic, of_cumulative
from leeway.core.histogram.exponential import Exponential
from leeway.core.histogram.histogram import Histogram, Unlike
from leeway.core.histogram.packed import LARGEST, around, counted, pack, unpack
from leeway.core.histogram.sketch import DDSketch

__all__ = [
    "LARGEST",
    "Classic",
    "DDSketch",
    "Exponential",
    "Histogram",
    "Unlike",
    "around",
    "counted",
    "of_cumulative",
    "pack",
    "unpack",
]
