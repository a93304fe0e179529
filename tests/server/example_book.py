"""Sends the examples of the API to a server with known data: for the test, and (`make api`) to write them down.

`python -m tests.server.example_book` writes the answers into the package and the description into the documentation.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from tests.server.serving import Served, seed, served

from leeway.server.openapi.describe import name_of, operations
from leeway.server.openapi.examples import ANSWERS, FORM, JSON, Example, examples, short

DESCRIPTION = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
BACKUPS, SECRETS = "/var/backups", "/run/secrets"
STREAM = "get_events"
"""It never ends; what it sends is tested with the stream."""

FILES = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: files}
spec:
  service: bar
  indicator:
    metadata: {name: files-sli}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: files, spec: {path: points.csv, column: good}}}
        total: {metricSource: {type: files, spec: {path: points.csv, column: total}}}
  timeWindow: [{duration: 1d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the tree if it is JSON, else the text."""

    status: int
    kind: str
    content: Any


@contextmanager
def example_server(folder: Path) -> Iterator[Served]:
    """The four SLOs of `serving`, and one whose points are read from a file."""
    table = folder / "points.csv"
    table.write_text("time,good,total\n2026-09-21T13:30:00Z,9,10\n")
    asyncio.run(seed(folder / "data"))
    (folder / "secrets").mkdir()
    (folder / "secrets" / "hook").write_text("whsec_Y2FuYXJ5")
    with served(folder / "data", roots=(folder,), secrets=(folder / "secrets",)) as server:
        files = {"files": [{"file": "files.yaml", "text": FILES}]}
        response, body = server.ask("POST", "/api/v1/apply", json.dumps(files), server.bearer)
        assert response.status == 200, body
        yield server


def described(server: Served) -> dict[str, Any]:
    """What the server says of itself."""
    return json.loads(server.ask("GET", "/api/v1/openapi.json")[1])  # type: ignore[no-any-return] # JSON


def send(server: Served, method: str, path: str, example: Example, folder: Path) -> Answered:
    """The request of an example. Backups go into the folder, secrets are in it."""
    headers = {"Authorization": f"Bearer {server.token}", **example.headers}
    if example.kind:
        headers["Content-Type"] = example.kind
    body = example.body
    if example.kind == FORM:
        body = urlencode(body, doseq=True)
    elif example.kind == JSON:
        body = json.dumps(body).replace(SECRETS, str(folder / "secrets")).replace(BACKUPS, str(folder))
    where = path.format(**{name: quote(str(value), safe="") for name, value in example.path.items()})
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in example.query.items()}
    response, content = server.ask(method.upper(), f"{where}?{urlencode(asked)}", body or b"", headers)
    kind = (response.getheader("content-type") or "").partition(";")[0]
    text = content.decode().replace(str(folder / "secrets"), SECRETS).replace(str(folder), BACKUPS)
    text = re.sub(r"(lw_|/welcome/|/shared/|share=)[\w-]+", r"\1...", text)  # others every time, and nobody's example
    text = re.sub(r"\b[0-9a-f]{32}\b", "7021147bc079fa1a0ad1655817344e3c", text)  # events are named by chance
    return Answered(response.status, kind, json.loads(text) if kind.endswith("json") else text)


def write(folder: Path) -> None:
    """All examples with their answers, then the description that holds them."""
    with example_server(folder) as server:
        paths = {name_of(method, path): (method, path) for method, path, _ in operations(described(server))}
        answers = {}
        for name, example in examples().items():
            if name == STREAM:
                continue
            told = send(server, *paths[name], example, folder)
            assert told.status == example.status, (name, told)
            text = isinstance(told.content, str)
            answers[name] = "\n".join(told.content.splitlines()[:12]) + "\n" if text else short(told.content)
        ANSWERS.write_bytes(msgspec.json.format(msgspec.json.encode(answers), indent=1) + b"\n")
    with example_server(folder / "again") as server:
        tree = described(server)
    DESCRIPTION.write_bytes(msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "again").mkdir()
        write(Path(made))
