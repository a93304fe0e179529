"""A pushed body becomes a batch: at once when all is well, row by row when something is not."""

from __future__ import annotations

from leeway.errors import Invalid
from leeway.ports.push import PushBatch
from leeway.sources.json_push import careful, fast
from leeway.sources.json_push.draft import batch
from leeway.sources.json_push.settings import Settings, too_many
from leeway.sources.json_push.trees import json_tree, lines_tree, msgpack_tree

_READERS = {
    **dict.fromkeys(("application/json", "text/json"), (fast.read_json, json_tree)),
    **dict.fromkeys(
        ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"),
        (fast.read_lines, lines_tree),
    ),
    **dict.fromkeys(("application/msgpack", "application/x-msgpack"), (fast.read_msgpack, msgpack_tree)),
}

_COMMAS = 8
"""A row of numbers has seven keys at most, so a body with more commas for each row that may be has more rows, or more
buckets in its histograms, than the caps allow."""


def decode(body: bytes, content_type: str, limits: Settings) -> PushBatch:
    """The points of a body (see docs/sources/push.md for its forms); rows that are none are among `refused`.

    Both readers give the same batch for a body without faults. Raises Invalid, and nothing else, for a body that
    cannot be read at all: another media type, broken JSON, more rows than the caps allow.
    """
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    readers = _READERS.get(kind)
    if readers is None or not all(part in ("", "charset=utf-8", 'charset="utf-8"') for part in parameters):
        raise Invalid(
            f"the content type {content_type[:80]!r} is not understood"
            if content_type
            else "the content type is missing",
            place="Content-Type",
            mend="send application/json, application/x-ndjson or application/msgpack, in UTF-8",
        )
    if len(body) > limits.max_bytes:
        raise Invalid(f"the body is larger than {limits.max_bytes:,} bytes", place="body", mend="send smaller batches")
    quick, tree = readers
    if quick is not fast.read_msgpack and body.count(b",") > _COMMAS * limits.max_rows:
        raise too_many(limits)  # before millions of small things are made of it
    draft = quick(body, limits)
    return batch(careful.read(tree(body, limits), limits) if draft is None else draft)
