"""What every answer has: headers that tell a browser to run nothing, load nothing from elsewhere, be framed by nobody
and tell nobody; and the form of those that say no."""

from __future__ import annotations

from starlette.responses import Response

from leeway.client.documents import Problem
from leeway.client.problem import PROBLEM_JSON

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


def problem_response(problem: Problem) -> Response:
    """As RFC 9457 has it."""
    headers = {}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(problem.retry_after_s)))
    return Response(problem.model_dump_json(exclude_none=True), problem.status, headers, PROBLEM_JSON)
