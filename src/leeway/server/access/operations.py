"""What each operation of the server does: one action each, for a role to permit. What is not here is nobody's.

A test holds this against every route there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from leeway.engine.people import Action

PROM = "/api/v1/prom/api/v1"
API = "/api/v1"

OPERATIONS: Mapping[Action, tuple[str, ...]] = {
    Action.OPEN: (
        "GET /healthz",
        "GET /readyz",
        "GET /static/{name}",
        "GET /sign-in",
        "POST /forms/sign-in",
        "GET /sign-in/provider",
        "GET /sign-in/back",
        "GET /welcome/{secret}",
        "GET /shared/{secret}",
        "GET /badge/{name}.svg",
        "POST /welcome/{secret}",
    ),
    Action.OWN: (
        f"GET {API}/me",
        "GET /account",
        "POST /forms/sign-out",
        "POST /forms/password",
        f"GET {API}/tokens",
        f"POST {API}/tokens",
        f"DELETE {API}/tokens/{{number}}",
        "GET /settings/tokens",
        "POST /forms/token",
        "POST /forms/token-end",
    ),
    Action.READ: (
        f"GET {API}/openapi.json",
        "GET /metrics",
        f"GET {API}/status",
        f"GET {API}/slos/{{slo}}/status",
        f"GET {API}/slos/{{slo}}/why",
        f"GET {API}/slos/{{slo}}/budget",
        f"GET {API}/slos/{{slo}}/points",
        f"GET {API}/slos/{{slo}}/decisions",
        f"GET {API}/slos/{{slo}}/series",
        f"GET {API}/slos/{{slo}}/annotations",
        f"GET {API}/slos/{{slo}}/ledger",
        f"GET {API}/slos/{{slo}}/days",
        f"GET {API}/slos/{{slo}}/hours",
        f"GET {API}/slos/{{slo}}/data",
        f"GET {API}/slos/{{slo}}/target",
        f"GET {API}/slos/{{slo}}/shares",
        f"GET {API}/slos/{{slo}}/backtests",
        f"GET {API}/slos/{{slo}}/backtests/{{number}}",
        f"GET {API}/sources",
        f"GET {API}/health",
        f"GET {API}/health/checks",
        f"GET {API}/events",
        f"GET {API}/documents",
        f"GET {API}/documents/{{kind}}",
        f"GET {API}/documents/{{kind}}/{{name}}",
        f"GET {API}/documents/{{kind}}/{{name}}/history",
        f"POST {API}/plan",
        f"GET {API}/jobs",
        f"GET {API}/jobs/{{number}}",
        f"GET {API}/alerts",
        f"GET {API}/deliveries",
        f"GET {API}/silences",
        f"GET {API}/routes",
        *(
            f"{method} {PROM}/{name}"
            for name in ("query", "query_range", "series", "labels")
            for method in ("GET", "POST")
        ),
        *(f"GET {PROM}/{name}" for name in ("label/{name}/values", "rules", "alerts", "metadata", "status/buildinfo")),
        "GET /",
        "GET /slos",
        "POST /forms/slos/views",
        "GET /fleet",
        "GET /slos/{slo}",
        "GET /slos/{slo}/share",
        "GET /settings/shares",
        "GET /slos/{slo}/backtest",
        "GET /api",
        "GET /find",
        "GET /words",
        "GET /alerts",
        "GET /calendar",
        "GET /reports",
        "GET /reports/{kind}/{first}",
        "GET /silences",
        "GET /sources",
        "GET /settings",
        "GET /settings/channels",
        "GET /settings/health",
    ),
    Action.PUSH: (f"POST {API}/push",),
    Action.OPERATE: (
        f"POST {API}/replay",
        f"POST {API}/acknowledge",
        f"POST {API}/silences",
        f"DELETE {API}/silences/{{number}}",
        f"POST {API}/routes/test",
        f"POST {API}/slos/{{slo}}/annotations",
        f"DELETE {API}/slos/{{slo}}/annotations/{{number}}",
        f"POST {API}/slos/{{slo}}/shares",
        f"DELETE {API}/slos/{{slo}}/shares/{{number}}",
        f"POST {API}/slos/{{slo}}/backtests",
        f"DELETE {API}/slos/{{slo}}/backtests/{{number}}",
        "POST /forms/{name}",
        "POST /forms/alerts/acknowledge",
        "POST /forms/alerts/test",
        "POST /forms/silences/add",
        "POST /forms/silences/end",
        "POST /forms/slos/{slo}/annotations",
        "POST /forms/slos/{slo}/shares",
        "POST /forms/slos/{slo}/shares/end",
        "POST /forms/slos/{slo}/annotations/remove",
        "POST /forms/settings/channels/test",
        "POST /forms/slos/{slo}/backtests",
        "POST /forms/slos/{slo}/backtests/cancel",
    ),
    Action.DEFINE: (
        f"PUT {API}/documents/{{kind}}/{{name}}",
        f"DELETE {API}/documents/{{kind}}/{{name}}",
        f"POST {API}/apply",
        "POST /forms/slos/labels",
        "GET /new",
        "POST /forms/new/source",
        "POST /forms/new/file",
        "POST /forms/new/read",
        "POST /forms/new/save",
        "GET /new/yaml",
        "POST /forms/new/yaml",
        "GET /slos/{slo}/edit",
        "POST /forms/slos/{slo}/edit",
        "GET /slos/{slo}/delete",
        "POST /forms/slos/{slo}/delete",
    ),
    Action.SHARE: (
        f"GET {API}/people",
        f"PUT {API}/people/{{name}}/roles/{{project}}",
        f"DELETE {API}/people/{{name}}/roles/{{project}}",
        "GET /settings/people",
        "POST /forms/role",
    ),
    Action.ADMINISTER: (
        f"POST {API}/people",
        f"DELETE {API}/people/{{name}}",
        f"POST {API}/people/{{name}}/link",
        f"GET {API}/audit",
        f"GET {API}/hooks",
        f"POST {API}/hooks",
        f"GET {API}/hooks/{{number}}",
        f"PUT {API}/hooks/{{number}}",
        f"DELETE {API}/hooks/{{number}}",
        f"POST {API}/hooks/{{number}}/test",
        f"GET {API}/hooks/{{number}}/deliveries",
        f"GET {API}/hooks/{{number}}/deliveries/{{delivery}}",
        f"POST {API}/hooks/{{number}}/deliveries/{{delivery}}/redeliver",
        f"POST {API}/backup",
        "GET /settings/audit",
        "POST /forms/person",
        "POST /forms/person-link",
        "POST /forms/person-remove",
    ),
}
"""Method and address as the routes have them; HEAD goes with GET."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked for: the action, and the SLO that the address names, if it names one."""

    action: Action
    slo: str | None = None


@dataclass(frozen=True, slots=True)
class Operations:
    """Finds the operation of a request."""

    plain: Mapping[tuple[str, str], Operation] = field(default_factory=dict)
    patterns: Mapping[str, tuple[tuple[re.Pattern[str], Action], ...]] = field(default_factory=dict)

    @staticmethod
    def of(table: Mapping[Action, tuple[str, ...]]) -> Operations:
        """Those of a table."""
        plain, patterns = dict[tuple[str, str], Operation](), dict[str, list[tuple[re.Pattern[str], Action]]]()
        for action, told in table.items():
            for method, _, path in (one.partition(" ") for one in told):
                if "{" in path:
                    patterns.setdefault(method, []).append((_pattern(path), action))
                else:
                    plain[method, path] = Operation(action)
        return Operations(plain, {method: tuple(found) for method, found in patterns.items()})

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of this method and (decoded) path, an address without parameters first; None for no route."""
        method = "GET" if method == "HEAD" else method
        if found := self.plain.get((method, path)):
            return found
        for pattern, action in self.patterns.get(method, ()):
            if match := pattern.fullmatch(path):
                return Operation(action, match.groupdict().get("slo"))
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    )
