"""The words of the trade, each in a sentence that needs no other knowledge."""

from __future__ import annotations

WORDS = {
    "service": "What users use: a shop, a search, a nightly report.",
    "SLI": "Service level indicator. How good it was: good events of all events, or a value against a threshold.",
    "SLO": "Service level objective. An SLI, a target for it, and the window in which the target has to be met.",
    "objective": "One target of an SLO. An SLO can have several.",
    "target": "The share that has to be good, for example 99.9 %.",
    "window": "The span of time that is judged. A rolling window ends now; a calendar window begins anew each period.",
    "budgeting method": "What the budget is counted in: events, slices of time, or something between.",
    "Occurrences": "Every event counts once, whenever it happens. A busy minute weighs more than a quiet one.",
    "Timeslices": "Time is cut into slices; each is good or bad as a whole. A quiet minute weighs like a busy one.",
    "RatioTimeslices": "Time is cut into slices; each counts by its share of good events. All slices weigh the same.",
    "TrafficWeightedTimeslices": "Slices are judged good or bad as a whole, and weigh as much as the events in them.",
    "slice": "The smallest span of time that is judged.",
    "slice state": "A slice is good, bad, or unknown when there is no data for it.",
    "coverage": "The share of the window for which there is data.",
    "error budget": "What may fail without breaking the target. It is there to be spent: on releases, on experiments.",
    "burn rate": "How fast the budget is spent. At 1 it is empty exactly when the window ends, at 2 in half that time.",
    "alert policy": "When somebody is told, about what, and who.",
    "page": "A message that wakes a person, because the budget will not heal by itself.",
    "ticket": "A task for working hours.",
    "composite": "An SLO whose objectives have an SLI each, judged together.",
    "source": "Where measurements come from, for example a Prometheus.",
}
