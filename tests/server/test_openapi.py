"""The description of the API is whole, is true, and changes where everybody sees it.

A new operation wants an entry in `src/leeway/server/openapi/operations.yaml`; then `make api`.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import jsonschema_rs
import pytest
from tests.server.example_book import BACKUPS, DESCRIPTION, STREAM, described, example_server, send

from leeway.server.openapi.describe import is_question, name_of, operations
from leeway.server.openapi.examples import examples, short
from leeway.server.openapi.words import TAGS
from leeway.version import VERSION

EXAMPLES = examples()
UNDATED = {"get_metrics"}
"""Answers whose numbers are of the moment."""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Every example sent once, in order: what the server says of itself, and what it answered by name of operation."""
    folder = tmp_path_factory.mktemp("book")
    with example_server(folder) as server:
        tree = described(server)
        paths = {name_of(method, path): (method, path) for method, path, _ in operations(tree)}
        sent = [name for name in EXAMPLES if name != STREAM and name in paths]
        yield tree, {name: send(server, *paths[name], EXAMPLES[name], folder) for name in sent}


@pytest.fixture(scope="module")
def tree(book):
    return book[0]


@pytest.fixture(scope="module")
def every(tree):
    """Operations by their names."""
    return {operation["operationId"]: operation for _, _, operation in operations(tree)}


def judge(tree, schema):
    """A validator of a schema that may point into the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": tree["components"]})


def faults(tree, schema, value):
    return [f"{list(fault.instance_path)}: {fault.message}"[:200] for fault in judge(tree, schema).iter_errors(value)]


def resolved(tree, part):
    """What a reference points to."""
    while "$ref" in part:
        found = tree
        for word in part["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        part = found
    return part


def references(part):
    """Every reference in a document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def form_of(value):
    """The form of a tree: names and types; a list is any of its items, null and numbers are any value."""
    match value:
        case dict():
            return {name: form_of(each) for name, each in value.items()}
        case list():
            return [form_of(value[0])] if value else []
        case str():
            return "text"
        case _:
            return "value"


def differs(one, other, place="$"):
    """Where two forms differ; an empty list, and null, may stand for anything."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() ^ other.keys()):
            yield f"{place}.{name}"
        for name in one.keys() & other.keys():
            yield from differs(one[name], other[name], f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list):
        for left, right in zip(one, other, strict=False):
            yield from differs(left, right, f"{place}[]")
    elif type(one) is not type(other) and "value" not in (one, other):
        yield place


def test_every_operation_has_an_example_and_every_example_an_operation(every):
    """Written in operations.yaml."""
    assert set(EXAMPLES) == set(every)


def test_every_example_is_answered_as_it_says_in_a_form_that_is_described(book, every):
    """Its status, its type, and each answer to the letter of its schema."""
    tree, told = book
    wrong = {}
    for name, answered in told.items():
        example, responses = EXAMPLES[name], every[name]["responses"]
        if answered.status != example.status:
            wrong[name] = answered
            continue
        content = resolved(tree, responses[str(answered.status)])["content"]
        kinds = {kind.partition(";")[0]: shape for kind, shape in content.items()}
        found = faults(tree, kinds[answered.kind]["schema"], answered.content)
        if found:
            wrong[name] = found
    assert wrong == {}


def test_every_request_of_an_example_is_as_described(tree, every):
    """Body and parameters; what has to be given is given, and nothing that is not described."""
    wrong = {}
    for name, example in EXAMPLES.items():
        operation, found = every[name], []
        given = {("path", key): value for key, value in example.path.items()}
        given |= {("query", key): value for key, value in example.query.items()}
        given |= {("header", key.lower()): value for key, value in example.headers.items()}
        known = {(one["in"], one["name"].lower()): one for one in operation.get("parameters", ())}
        found += [f"{key} is not described" for key in given.keys() - known.keys()]
        found += [f"{key} is missing" for key, one in known.items() if one.get("required") and key not in given]
        for key in given.keys() & known.keys():
            value = [given[key]] if known[key]["schema"].get("type") == "array" else given[key]
            found += faults(tree, known[key]["schema"], value)
        if example.kind:
            found += faults(tree, operation["requestBody"]["content"][example.kind]["schema"], example.body)
        if found:
            wrong[name] = found
    assert wrong == {}


def test_the_answers_that_are_shown_have_the_form_of_those_that_are_given(book):
    """`make api` writes them anew."""
    _, told = book
    changed = {
        name: found
        for name, answered in told.items()
        if name not in UNDATED
        and (found := list(differs(form_of(short(answered.content)), form_of(EXAMPLES[name].answer))))
    }
    assert changed == {}


def test_the_description_in_the_documentation_is_the_one_that_is_served(tree):
    """So a change of the API is a change of a file that somebody reviews; `make api` writes it."""
    written = json.loads(DESCRIPTION.read_text())
    assert written["info"].pop("version") == VERSION
    assert tree["info"]["version"] == VERSION
    assert written == {**tree, "info": {key: value for key, value in tree["info"].items() if key != "version"}}


def test_every_operation_says_what_it_is(every):
    """A name that stays, one tag that is explained, a summary of one line without a full stop, and what it is for."""
    wrong = {
        name: operation.get("summary")
        for name, operation in every.items()
        if not re.fullmatch(r"[a-z]+(_[A-Za-z0-9]+)+", name)
        or len(operation.get("tags", ())) != 1
        or operation["tags"][0] not in TAGS
        or not 5 <= len(operation.get("summary", "")) <= 100
        or operation["summary"].endswith(".")
        or len(operation.get("description", "")) < 10
    }
    assert wrong == {}


def test_no_name_stands_for_two_operations(tree):
    """Programs that are made from the description call functions by it."""
    names = Counter(operation["operationId"] for _, _, operation in operations(tree))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_parameter_is_explained_and_has_a_type(every):
    """Also those in headers."""
    silent = [
        (name, one["name"])
        for name, operation in every.items()
        for one in operation.get("parameters", ())
        if not one.get("description") or not one.get("schema")
    ]
    assert silent == []


def test_every_operation_says_how_it_can_be_refused(tree, every):
    """With problem documents, as they are sent; what changes something says that it needs a token."""
    for method, path, operation in operations(tree):
        name, answers = operation["operationId"], operation["responses"]
        assert {"400", "403", "421", "500", "503"} <= set(answers), name
        assert all(resolved(tree, answer)["description"] for answer in answers.values()), name
        assert ("security" in operation) != is_question(method, path), name
        for status, answer in answers.items():
            if status >= "400" and path.startswith("/api/v1/") and "/prom/" not in path:
                [(kind, shape)] = resolved(tree, answer)["content"].items()
                assert kind == "application/problem+json", (name, status)
                assert shape["schema"] == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_every_answer_with_a_body_has_a_schema(tree, every):
    """And every schema an explanation."""
    open_ones = [
        (name, status)
        for name, operation in every.items()
        for status, answer in operation["responses"].items()
        if status != "304"
        for shape in resolved(tree, answer).get("content", {"": {}}).values()
        if not shape.get("schema")
    ]
    assert open_ones == []
    schemas = tree["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description") and "enum" not in schema] == []


def test_references_lead_somewhere_and_nothing_stands_for_itself(tree):
    """Every component is used, every reference resolves."""
    used = set(references(tree))
    assert all(resolved(tree, {"$ref": one}) is not None for one in used)
    kept = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "responses", "headers")
        for name in tree["components"][kind]
    }
    assert kept - used == set()


def test_the_description_is_openapi_3_1_with_valid_schemas(tree):
    """Each schema is one of JSON Schema 2020-12, which OpenAPI 3.1 speaks."""
    assert tree["openapi"].startswith("3.1")
    for name, schema in tree["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}), name


def test_no_example_tells_where_it_was_made():
    """A folder of the machine that wrote them would change with every writing."""
    told = json.dumps([example.answer for example in EXAMPLES.values()])
    assert "/tmp" not in told.replace(BACKUPS, "")
