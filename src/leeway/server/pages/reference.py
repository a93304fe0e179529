"""`/api`: the description of the API for people, made from the one that programs get. Readable without a script."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import Pages

Tree = Mapping[str, Any]
ADDRESS = "/api"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation, in words; `kind` is its type, `choice` what it may be if that is a list."""

    name: str
    place: str
    kind: str
    choice: tuple[str, ...]
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it is shown. `curl` is without address and token of a server; `answer` is what came back."""

    name: str
    tag: str
    method: str
    path: str
    summary: str
    about: str
    parameters: tuple[Parameter, ...]
    body_kinds: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    request: tuple[str, ...]
    answer: str

    def has(self, words: list[str]) -> bool:
        """True if each of the words is somewhere in what is said of it."""
        names = " ".join(one.name for one in self.parameters)
        said = f"{self.name} {self.method} {self.path} {self.summary} {self.about} {self.tag} {names}".lower()
        return all(word in said for word in words)


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/api`."""
    del engine  # as the other pages; this one is about the interface itself

    @router.get(ADDRESS)
    async def reference(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        tree = request.app.openapi()
        words = q.lower().split()
        found = [one for one in operations(tree) if one.has(words)]
        groups = [(tag, [one for one in found if one.tag == tag["name"]]) for tag in tree["tags"]]
        return made.show(
            request,
            "api.html",
            q=q,
            about=tree["info"]["description"],
            groups=[group for group in groups if group[1]],
            found=len(found),
            open=bool(words) and len(found) <= 5,
        )


def operations(tree: Tree) -> Iterator[Operation]:
    """All of a description, in its order."""
    for path, methods in tree["paths"].items():
        for method, told in methods.items():
            yield _operation(tree, method, path, told)


def _operation(tree: Tree, method: str, path: str, told: Tree) -> Operation:
    answers = {status: _resolved(tree, answer) for status, answer in told["responses"].items()}
    good = next((answer for status, answer in answers.items() if status.startswith("2") and _example(answer)), {})
    return Operation(
        name=told["operationId"],
        tag=told["tags"][0],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        about=told.get("description", ""),
        parameters=tuple(_parameter(one) for one in told.get("parameters", ())),
        body_kinds=tuple(told.get("requestBody", {}).get("content", ())),
        answers=tuple((status, answer["description"]) for status, answer in answers.items()),
        request=_curl(path, told),
        answer=_text(_example(good)),
    )


def _parameter(one: Tree) -> Parameter:
    schema = one["schema"]
    kinds = [schema, *schema.get("anyOf", ())]
    choice = next((kind["enum"] for kind in kinds if "enum" in kind), ())
    named = (kind.get("type") for kind in kinds)
    kind = next((name for name in named if name and name != "null"), "string")
    return Parameter(
        one["name"],
        one["in"],
        kind,
        tuple(str(each) for each in choice),
        one.get("required", False),
        one["description"],
    )


def _curl(path: str, told: Tree) -> tuple[str, ...]:
    """The arguments of curl after the address of the server: the path first, then what follows, quoted for a shell."""
    given: dict[str, list[tuple[str, str]]] = {place: [] for place in ("path", "query", "header")}
    for one in told.get("parameters", ()):
        if "example" in one:
            value = one["example"]
            given[one["in"]].append((one["name"], str(value).lower() if isinstance(value, bool) else str(value)))
    where = path.format(**{name: quote(value, safe="") for name, value in given["path"]})
    asked = urlencode(given["query"])
    parts = [where + (f"?{asked}" if asked else "")]
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in given["header"]]
    for kind, content in told.get("requestBody", {}).get("content", {}).items():
        if (body := content.get("example")) is not None:
            form = kind.endswith("urlencoded")
            sent = urlencode(body, doseq=True) if form else body if isinstance(body, str) else json.dumps(body)
            parts += [f"-H {shlex.quote(f'Content-Type: {kind}')}", f"--data-binary {shlex.quote(sent)}"]
    return tuple(parts)


def _example(answer: Tree) -> Any:
    return next((shape["example"] for shape in answer.get("content", {}).values() if "example" in shape), None)


def _text(example: Any) -> str:
    if example is None or isinstance(example, str):
        return example or ""
    return json.dumps(example, indent=2, ensure_ascii=False)


def _resolved(tree: Tree, part: Tree) -> Tree:
    while "$ref" in part:
        found = tree
        for word in part["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        part = found
    return part
