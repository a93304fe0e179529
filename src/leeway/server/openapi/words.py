"""What is said of many operations at once: tags, parameters, and the answers that say no."""

from __future__ import annotations

TAGS = {
    "Budgets": "How much unreliability is left, why, and what it was at any time.",
    "Charts": "Curves, ledgers and calendars of one SLO, with what happened meanwhile.",
    "Definitions": "What is defined, its history, and how it is changed: plan, then apply.",
    "Data": "How points come in, and how history is fetched again.",
    "Alerts": "What is up, who is told, and what is kept from people.",
    "Events": "What happens, as a stream and as webhooks.",
    "People": "Who may do what, the tokens that stand for them, and what was done.",
    "Server": "Is Leeway itself well?",
    "Prometheus": "Budgets as a Prometheus server would tell them.",
}

_CHARTS = ("series", "annotations", "ledger", "days", "hours", "target", "data", "backtests")
_PLACES = {
    "Charts": _CHARTS,
    "Definitions": ("documents", "plan", "apply"),
    "Data": ("push", "points", "sources", "replay", "jobs"),
    "Alerts": ("alerts", "deliveries", "acknowledge", "decisions", "routes", "silences"),
    "Events": ("events", "hooks"),
    "People": ("me", "people", "tokens", "audit", "projects", "shares"),
    "Server": ("health", "backup", "healthz", "readyz", "metrics"),
    "Budgets": ("status", "why", "budget"),
    "Prometheus": ("prom",),
}
TAG_OF = {word: tag for tag, words in _PLACES.items() for word in words}
"""By the word of an address that tells what it is about."""

PARAMETERS = {
    "slo": "The name of an SLO",
    "objective": "The name of one of its objectives; the first if it is left out",
    "kind": "The kind of a definition, such as `SLO`",
    "name": "Its name",
    "number": "Its number",
    "limit": "At most so many",
    "query": "An expression",
    "time": "RFC 3339, or epoch seconds; now if it is left out",
    "start": "RFC 3339, or epoch seconds",
    "end": "RFC 3339, or epoch seconds",
    "step": "Seconds, or a duration such as `5m`",
    "match[]": 'A selector, such as `leeway_error_budget_remaining_ratio{slo="checkout"}`',
    "type": "`alert` or `record`",
    "metric": "The name of a metric",
}
"""Of those that do not say themselves what they are."""

PROBLEMS = {
    400: "The request itself cannot be read: a parameter, a header or the form of its body",
    401: "No token, or a wrong one",
    403: "Not permitted; also for a page of another origin",
    404: "Nothing has that name",
    409: "Somebody else was faster, or the request under this key was broken off",
    412: "Another revision stands there than was seen; `differs` says how",
    413: "The body is too large",
    421: "The server is not called so (`Host`)",
    422: "What was sent cannot be used, or its key was used for other content",
    429: "Too often",
    500: "A defect in Leeway, or data of a newer one",
    503: "Not now; the same request may succeed later",
    507: "The disk is full; nothing was taken, nothing is lost",
    508: "A message of Leeway's own has come back; it is dropped",
}
"""By status, each with a problem document."""
