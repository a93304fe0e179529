"""Starter SLOs: a first target for each series, drawn from its history, with all that speaks against trusting it."""

from leeway.lab.suggest.candidates import Candidate, candidates, tried
from leeway.lab.suggest.document import documents, names_of
from leeway.lab.suggest.draft import draft
from leeway.lab.suggest.grid import friendly
from leeway.lab.suggest.history import History
from leeway.lab.suggest.limits import Limit
from leeway.lab.suggest.report import as_json
from leeway.lab.suggest.series import Series, series_of
from leeway.lab.suggest.suggestion import Asked, Choice, Suggestion, Suggestions, suggest
from leeway.lab.suggest.windows import Blocks, Windows

__all__ = [
    "Asked",
    "Blocks",
    "Candidate",
    "Choice",
    "History",
    "Limit",
    "Series",
    "Suggestion",
    "Suggestions",
    "Windows",
    "as_json",
    "candidates",
    "documents",
    "draft",
    "friendly",
    "names_of",
    "series_of",
    "suggest",
    "tried",
]
