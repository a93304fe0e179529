"""Pushed bodies: every form means the same, and a bad row never costs its neighbours anything."""

from __future__ import annotations

import contextlib
import json
import math
import random
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leeway.errors import Invalid
from leeway.sources.json_push import Settings, careful, decode
from leeway.sources.json_push.draft import batch
from leeway.sources.json_push.trees import json_tree

JSON, LINES, MSGPACK = "application/json", "application/x-ndjson", "application/msgpack"
LIMITS = Settings()
ROW = {"slo": "checkout", "time": 1_700_000_040, "good": 99, "total": 100}

counts = st.integers(0, 2**40)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "slo": st.sampled_from(["checkout", "search", "pay/p99", "naïve ☕"]),
            "time": st.integers(0, 4_000_000_000),
            "good": counts,
            "total": counts,
        }
    ),
    max_size=20,
)


def told(batch):
    """A batch as rows that can be compared; NaN becomes None."""
    plain = [[None if np.isnan(x) else x for x in column.tolist()] for column in (batch.good, batch.total, batch.value)]
    names = [batch.names[i] for i in batch.series]
    return list(zip(names, batch.time.tolist(), *plain, batch.row.tolist(), strict=True))


def wanted(rows):
    return [(row["slo"], row["time"], row["good"], row["total"], None, i) for i, row in enumerate(rows)]


def forms(rows):
    """The same rows in every form that keeps their order."""
    slos = sorted({row["slo"] for row in rows})
    columns = {key: [row[key] for row in rows] for key in ("time", "good", "total")}
    parts = [{"slo": row["slo"], **{key: [row[key]] for key in columns}} for row in rows]
    dictionary = {"slos": slos, "slo": [slos.index(row["slo"]) for row in rows], **columns}
    for tree in (rows, {"points": rows}, parts, dictionary):
        yield json.dumps(tree).encode(), JSON
        yield msgspec.msgpack.encode(tree), MSGPACK
    yield "\n".join(json.dumps(row) for row in rows).encode(), LINES


@given(rows)
def test_every_form_of_the_same_rows_gives_the_same_batch(rows):
    """Objects, points, lines, columns and dictionary columns, in JSON and MessagePack, mean the same."""
    for body, kind in forms(rows):
        found = decode(body, kind, LIMITS)
        assert told(found) == wanted(rows)
        assert found.refused == ()


@given(rows)
def test_the_careful_reader_agrees_with_the_fast_one(rows):
    """Which reader a body meets changes nothing but the speed."""
    for body, kind in forms(rows):
        if kind == JSON:
            careful_batch = batch(careful.read(json_tree(body, LIMITS), LIMITS))
            assert told(careful_batch) == told(decode(body, kind, LIMITS))


broken = st.sampled_from(
    [
        "NaN",
        "null",
        "[]",
        "7",
        '"text"',
        '{"slo":"a","time":1,"good":NaN,"total":1}',
        '{"slo":"a","time":1e999,"good":1,"total":1}',
        '{"slo":"a","time":1,"good":-1,"total":1}',
        '{"slo":"a","time":1,"good":true,"total":1}',
        '{"slo":"","time":1,"good":1,"total":1}',
        '{"slo":"a","time":[1,2],"good":[1],"total":1}',
        '{"slos":"a","slo":[0],"time":[1],"value":[1]}',
        '{"slos":["a"],"slo":[7],"time":[1],"value":[1]}',
        '{"slo":"a","time":' + "9" * 5000 + ',"good":1,"total":1}',
    ]
)


@given(rows, broken, st.integers(0, 20))
def test_a_bad_row_never_loses_its_neighbours(rows, bad, at):
    """The bad row is refused with its place, all others arrive."""
    texts = [json.dumps(row) for row in rows]
    at = min(at, len(texts))
    texts.insert(at, bad)
    places = [i for i in range(len(texts)) if i != at]
    for body, kind in (("[" + ",".join(texts) + "]", JSON), ("\n".join(texts), LINES)):
        found = decode(body.encode(), kind, LIMITS)
        refused = {refusal.row for refusal in found.refused}
        assert refused
        if "[1,2]" not in bad:
            assert refused == {at}
            assert found.row.tolist() == places
        assert [row[:5] for row in told(found)] == [row[:5] for row in wanted(rows)]


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"time": 1_700_000_040_000}, "time-unit", "milliseconds; send epoch seconds: 1700000040"),
        ({"time": 1_700_000_040_000_000}, "time-unit", "microseconds; send epoch seconds: 1700000040"),
        ({"time": 1_700_000_040_000_000_000}, "time-unit", "nanoseconds; send epoch seconds: 1700000040"),
        ({"time": 1_700_000_040.5}, "off-grid", "send 1700000040"),
        ({"time": -1}, "time-range", "before 1970"),
        ({"time": "yesterday"}, "wrong-type", "neither epoch seconds nor RFC 3339"),
        ({"time": "2026-01-31T12:00:00"}, "wrong-type", "RFC 3339 like 2026-01-31T12:00:00Z"),
        ({"time": None}, "missing", "time is missing"),
        ({"time": True}, "wrong-type", "time is a number, not true"),
        ({"good": "99"}, "wrong-type", "good is a number, not '99'; send the number without quotes"),
        ({"good": False}, "wrong-type", "good is a number, not false"),
        ({"good": -1}, "negative", "good is -1; a count cannot be negative"),
        ({"good": math.inf}, "not-a-number", "good is inf, not a finite number"),
        ({"good": None}, "missing", "two of good, bad and total"),
        ({"bad": 1}, "ambiguous", "not all three"),
        ({"value": 0.3}, "ambiguous", "value stands alone"),
        ({"good": None, "bad": 101}, "more-than-total", "bad 101 is more than total 100"),
        ({"slo": None}, "missing", "slo is missing"),
        ({"slo": 7}, "wrong-type", "slo is a name in quotes, not 7"),
        ({"slo": "x" * 600}, "wrong-type", "more than 512 characters"),
        ({"objective": 1}, "wrong-type", "objective is a name in quotes"),
        ({"goood": 1}, "unknown-key", "unknown key 'goood': did you mean `good`?"),
        ({"Total": 1}, "unknown-key", "did you mean `total`?"),
        ({"shoe_size": 1}, "unknown-key", "known are slo, objective, time"),
    ],
)
def test_a_refusal_says_what_to_mend(change, reason, says):
    """Reason and sentence are the same in JSON, in lines and in MessagePack."""
    row = ROW | change
    for body, kind in ((json.dumps([ROW, row]), JSON), (json.dumps(ROW) + "\r\n" + json.dumps(row), LINES)):
        (refusal,) = decode(body.encode(), kind, LIMITS).refused
        assert (refusal.row, refusal.reason) == (1, reason)
        assert says in refusal.message
    assert decode(msgspec.msgpack.encode([ROW, row]), MSGPACK, LIMITS).refused == (refusal,)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("key", ["time", "good", "total", "bad"])
def test_messagepack_cannot_smuggle_in_what_json_cannot_say(number, key):
    """NaN and the infinities are refused in every number, also where another pair of numbers would do."""
    row = {"slo": "a", "time": 60, "good": 1, "total": 2} | {key: number}
    found = decode(msgspec.msgpack.encode([row, ROW]), MSGPACK, LIMITS)
    assert [refusal.row for refusal in found.refused] == [0]
    assert told(found)[0][:2] == ("checkout", 1_700_000_040)


@pytest.mark.parametrize(
    ("row", "good", "total", "value"),
    [
        ({"good": 3, "total": 4}, 3, 4, None),
        ({"bad": 1, "total": 4}, 3, 4, None),
        ({"good": 3, "bad": 1}, 3, 4, None),
        ({"good": 5, "total": 4}, 5, 4, None),
        ({"good": 0, "total": 0}, 0, 0, None),
        ({"good": 0.25, "total": 1}, 0.25, 1, None),
        ({"value": -3.5}, None, None, -3.5),
        ({"value": 2, "good": None, "objective": None}, None, None, 2),
    ],
)
def test_any_two_counts_or_a_value_make_a_point(row, good, total, value):
    """good above total is left to the law that all sources share; null is the same as not sent."""
    for body, kind in forms_of_one({"slo": "a", "time": 60, **row}):
        assert told(decode(body, kind, LIMITS)) == [("a", 60, good, total, value, 0)]


def forms_of_one(row):
    yield json.dumps(row).encode(), JSON
    yield json.dumps(row).encode(), LINES
    yield msgspec.msgpack.encode(row), MSGPACK
    yield b"\xef\xbb\xbf" + json.dumps([row]).encode(), JSON + "; charset=utf-8"


@given(st.integers(0, 4_000_000_000), st.integers(-14, 14))
def test_rfc_3339_is_the_same_moment(second, offset_h):
    """A time in text is its epoch second, whatever offset it is written with."""
    moment = datetime.fromtimestamp(second, timezone(timedelta(hours=offset_h)))
    utc = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    mixed = [ROW | {"time": moment.isoformat()}, ROW, ROW | {"time": utc}]
    found = decode(json.dumps(mixed).encode(), JSON, LIMITS)
    assert found.time.tolist() == [second, ROW["time"], second]


def test_an_objective_is_part_of_the_name():
    """`slo` with `objective` and `slo/objective` are one series."""
    body = json.dumps([ROW | {"objective": "p99"}, ROW | {"slo": "checkout/p99"}, ROW])
    found = decode(body.encode(), JSON, LIMITS)
    assert found.names == ("checkout/p99", "checkout")
    assert found.series.tolist() == [0, 0, 1]


def test_columns_of_different_length_lose_only_themselves():
    """Nobody knows which number belongs to which time, so each of their rows is refused; the next part arrives."""
    torn = {"slo": "a", "time": [60, 120], "good": [1], "total": [1, 2]}
    whole = {"slo": "b", "time": [60], "good": [1], "total": [1]}
    found = decode(json.dumps([torn, whole]).encode(), JSON, LIMITS)
    assert [(refusal.row, refusal.reason) for refusal in found.refused] == [(0, "columns"), (1, "columns")]
    assert "time 2, good 1, total 2" in found.refused[0].message
    assert told(found) == [("b", 60, 1, 1, None, 2)]


@pytest.mark.parametrize(
    ("body", "kind", "place", "says"),
    [
        (b'[{"slo": "a"},\n {"slo": \'b\'}]', JSON, "line 2, column 10 (byte 24)", "double quotes"),
        (b'{"slo": "\xc3\xa9", "time": 1,}', JSON, "line 1, column 24 (byte 24)", "remove the comma"),
        (b'{"slo": "a"}\n{"slo": "b"}', JSON, "line 2, column 1 (byte 13)", "application/x-ndjson"),
        (b'[{"slo": "a"', JSON, "line 1, column 13 (byte 12)", "ends too early"),
        (b'[{"slo": "\xff"}]', JSON, "byte 10", "UTF-8"),
        (b"", JSON, "body", "empty"),
        (b"", MSGPACK, "body", "empty"),
        (b"\xc1", MSGPACK, "body", "not MessagePack"),
        (b"[" * 100_000, JSON, "body", "nested too deep"),
        (b'{"points": 7}', JSON, "points", "stands alone"),
        (b'{"points": [], "slo": "a"}', JSON, "points", "stands alone"),
        (b"{}", "", "Content-Type", "is missing"),
        (b"{}", "text/csv", "Content-Type", "application/json"),
        (b"{}", "application/json; charset=latin-1", "Content-Type", "UTF-8"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_its_place(body, kind, place, says):
    """Place and mend are there for a person who has only the answer."""
    with pytest.raises(Invalid) as refused:
        decode(body, kind, LIMITS)
    assert refused.value.place == place
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" + b",".join([json.dumps(ROW).encode()] * 11) + b"]", JSON),
        (b"[" + b",".join([b"{}"] * 11) + b"]", JSON),
        (b'{"slo":"a","time":[' + b",".join([b"1"] * 11) + b'],"value":[' + b",".join([b"1"] * 11) + b"]}", JSON),
        (b"[" + b"0," * 1000 + b"0]", JSON),
        (b"{}\n" * 21, LINES),
        (msgspec.msgpack.encode([ROW] * 11), MSGPACK),
        (msgspec.msgpack.encode([{}] * 11), MSGPACK),
        (msgspec.msgpack.encode({"points": [{}] * 11}), MSGPACK),
    ],
)
def test_more_rows_than_the_cap_are_refused_as_a_whole(body, kind):
    """The cap holds for good rows and for nonsense."""
    with pytest.raises(Invalid, match="more than 10 rows"):
        decode(body, kind, Settings(max_rows=10))


@given(st.binary(max_size=200), st.sampled_from([JSON, LINES, MSGPACK]))
@example(b'{"slo":"a","time":"0001-01-01T00:00:00+23:59","value":1}', JSON)
@example(b"\x91\xd6\xff\x00\x00\x00\x00", MSGPACK)
@example(b"[" + b"9" * 5000 + b"]", JSON)
def test_any_bytes_are_a_batch_or_invalid(body, kind):
    """Nothing but Invalid comes out of bytes that somebody sent."""
    with contextlib.suppress(Invalid):
        every_row_is_accounted_for(decode(body, kind, LIMITS))


def every_row_is_accounted_for(found):
    """Accepted and refused rows together are all rows, each once, and what was accepted is a point."""
    rows = [*found.row.tolist(), *(refusal.row for refusal in found.refused)]
    assert sorted(rows) == list(range(len(rows)))
    counts = np.isfinite(found.good) & np.isfinite(found.total)
    assert (np.isfinite(found.value) ^ counts).all()
    assert found.series.max(initial=-1) < len(found.names)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(2**70),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["slo", "slos", "time", "good", "bad", "total", "value", "objective", "points", "x"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(json_like)
def test_any_tree_is_a_batch_or_invalid(tree):
    """Trees that look like points, but are not, lose no row without a word."""
    bodies = [(json.dumps(tree).encode(), JSON), (json.dumps(tree).encode(), LINES)]
    with contextlib.suppress(OverflowError):  # MessagePack holds no number of more than 64 bits
        bodies.append((msgspec.msgpack.encode(tree), MSGPACK))
    for body, kind in bodies:
        with contextlib.suppress(Invalid):
            every_row_is_accounted_for(decode(body, kind, LIMITS))


def test_bodies_damaged_at_random_are_a_batch_or_invalid(rounds):
    """10,000 good bodies, each with a few bytes changed, cut, doubled or moved; ten times as many in a soak."""
    chance = random.Random(20_260_131)
    rows = [ROW, ROW | {"slo": "search", "time": 1_700_000_100}, {"slo": "p99", "time": 60, "value": 0.25}]
    seeds = [*forms([row for row in rows if "good" in row]), *forms_of_one(rows[2])]
    for _ in range(rounds(100_000)):
        body, kind = chance.choice(seeds)
        with contextlib.suppress(Invalid):
            every_row_is_accounted_for(decode(damaged(body, chance), kind, LIMITS))


def damaged(body, chance):
    """A body with one to four random faults."""
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        to = min(to, at + 12)
        match chance.randrange(4):
            case 0:
                body = body[:at] + chance.choice(TOKENS) + body[at:]
            case 1:
                body = body[:at] + body[to:]
            case 2:
                body = body[:to] + body[at:to] + body[to:]
            case _:
                body = body[:at] + chance.randbytes(1) + body[at + 1 :]
    return body


TOKENS = (
    b"NaN",
    b"1e999",
    b"-",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b'"slos":',
    b'"',
    b"\n",
    b"9" * 30,
    b"\x00",
    b"\xcb\x7f",
)
