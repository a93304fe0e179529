"""What FastAPI knows of the addresses, made whole: names, tags, every status, examples. Pure but for `install`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from leeway.client.documents import Problem
from leeway.client.problem import PROBLEM_JSON
from leeway.server.openapi.examples import Example, examples
from leeway.server.openapi.words import PARAMETERS, PROBLEMS, TAG_OF, TAGS

Tree = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "patch")
ABOUT = """\
Everything that the command line and the pages know comes from here. Times are RFC 3339 in UTC; what is not known is
`null`, never zero. Every error is a problem document (RFC 9457) that says what happened, where, and what to do next.
"""
_TOKEN = {"type": "http", "scheme": "bearer", "description": "The token from the data folder, or one of your own"}
_HEADERS = {
    "RateLimit": "How many more requests of this kind may come (`r`), and when all may come again (`t` seconds)",
    "RateLimit-Policy": "How many requests of this kind may come at once (`q`), in a time (`w` seconds)",
    "Retry-After": "Seconds after which the same request may succeed",
}
_QUIET = ("/healthz", "/readyz")
"""Never refused, and without a token."""


def install(app: FastAPI) -> None:
    """The application describes itself so; worked out when it is first asked for."""
    known: list[Tree] = []

    def described() -> Tree:
        if not known:
            plain = get_openapi(
                title=app.title, version=app.version, summary=app.summary, description=ABOUT, routes=app.routes
            )
            known.append(describe(plain, examples()))
        return known[0]

    app.openapi = described  # type: ignore[method-assign] # as FastAPI's own documentation has it


def describe(tree: Tree, shown: Mapping[str, Example]) -> Tree:
    """The whole description, from the plain one; `shown` are examples by name of operation."""
    tree = msgspec.json.decode(msgspec.json.encode(tree))  # nothing in it is shared any more
    parts = tree.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    for name, schema in schemas.items():
        if name.startswith("Items_"):
            schema["description"] = f"A list of {name[6:-1]}. `next`, if it is there, is to be sent back as `after`."
    parts["headers"] = {
        name: {"description": said, "schema": {"type": "string"}} for name, said in sorted(_HEADERS.items())
    }
    parts["responses"] = {f"Problem{status}": _problem(status, said) for status, said in PROBLEMS.items()}
    parts["securitySchemes"] = {"token": _TOKEN}
    tree["openapi"] = "3.1.0"
    tree["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    tree["servers"] = [{"url": "/", "description": "This server"}]
    for method, path, operation in operations(tree):
        _complete(method, path, operation, shown.get(name_of(method, path)))
    return tree


def operations(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, Tree]]:
    """Method, address and what is said of it."""
    for path, methods in tree["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method, path, methods[method]


def name_of(method: str, path: str) -> str:
    """The name of an operation, by what everybody sees of it: `get_slos_slo_status`."""
    words = re.findall(r"[A-Za-z0-9]+", path.replace("/api/v1", ""))
    return "_".join((method, *words))


def is_question(method: str, path: str) -> bool:
    """True for what only reads, also what is asked by POST."""
    return method == "get" or path.startswith("/api/v1/prom/")


def _complete(method: str, path: str, operation: Tree, example: Example | None) -> None:
    operation["operationId"] = name_of(method, path)
    fixed = [word for word in path.split("/") if word in TAG_OF]
    whole = next((word for word in ("prom", "hooks") if word in fixed), None)  # all below it is about it
    operation["tags"] = [TAG_OF[whole or fixed[-1]]] if fixed else []
    if not is_question(method, path):
        operation["security"] = [{"token": []}]
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
    answers = operation["responses"]
    if str(answers.get("422", {})).find("HTTPValidationError") >= 0:
        del answers["422"]
    declared = (int(status) for status, answer in answers.items() if _is_problem(answer))
    for status in {*declared, *_refusals(method, path, operation)}:
        if str(status) not in answers or _is_problem(answers[str(status)]):
            answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    for status, answer in answers.items():
        if answer.get("description") == "Successful Response":
            answer["description"] = "It is done; this is the answer"
        if path not in _QUIET and status.startswith("2"):
            limits = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}
            answer["headers"] = answer.get("headers", {}) | limits
    operation["responses"] = dict(sorted(answers.items()))
    if example is not None:
        _show(operation, example)


def _refusals(method: str, path: str, operation: Tree) -> Iterator[int]:
    """Every status but those of success that the operation may be answered with."""
    own = path.startswith("/api/v1/") and not path.startswith("/api/v1/prom/")
    yield from (400, 403, 421, 500, 503)
    if path not in _QUIET:
        yield from (401, 429)
    if own:
        yield from (404, 422)
    if "requestBody" in operation:
        yield 413
    if method != "get":
        yield from (409, 507, 508) if own else (508,)


def _is_problem(answer: Tree) -> bool:
    """True if FastAPI was told no more of it than that."""
    return (
        any(
            shape.get("schema") == {"$ref": "#/components/schemas/Problem"}
            for shape in answer.get("content", {}).values()
        )
        and len(answer["content"]) == 1
    )


def _problem(status: int, said: str) -> Tree:
    schema = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    retried = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}} if status in (429, 503) else {}
    return {"description": said, "content": schema} | ({"headers": retried} if retried else {})


def _show(operation: Tree, example: Example) -> None:
    operation["description"] = example.about
    given = {("path", name): value for name, value in example.path.items()}
    given |= {("query", name): value for name, value in example.query.items()}
    given |= {("header", name.lower()): value for name, value in example.headers.items()}
    for parameter in operation.get("parameters", ()):
        place = parameter["in"]
        name = parameter["name"].lower() if place == "header" else parameter["name"]
        if (place, name) in given:
            parameter["example"] = given[place, name]
    if example.kind:
        operation["requestBody"]["content"][example.kind]["example"] = example.body
    if example.answer is not None:
        content = operation["responses"][str(example.status)]["content"]
        next(iter(content.values()))["example"] = example.answer
